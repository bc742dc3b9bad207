// A node's number comes from its place in the list, so two clients with another list do not agree.
import { rank as right } from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export function rank(key: string, nodes: readonly string[]): string[] {
  return right(
    key,
    nodes.map((_, n) => `node ${n}`),
  ).map((place) => nodes[Number(place.slice(5))]);
}
