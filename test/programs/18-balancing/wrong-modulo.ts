// You take the hash modulo the number of nodes: when one comes, most keys move, not 1/n of them.
export * from '../../../solutions/18-balancing.ts';

export function rank(key: string, nodes: readonly string[]): string[] {
  const sorted = [...nodes].sort();
  const hash = [...key].reduce(
    (bits, character) => Math.imul(bits ^ character.charCodeAt(0), 0x5bd1e995) ^ (bits >>> 13),
    7,
  );
  const first = (hash >>> 0) % Math.max(1, nodes.length);
  return [...sorted.slice(first), ...sorted.slice(0, first)];
}
