// Your ring has one point for each node: the arcs between them are of any length, and the next node inherits all of one that goes.
import { rank as right } from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

/** Where a text stands on the ring: its place among many is as good as random. */
const marks = Array.from({ length: 16 }, (_, n) => `mark ${n}`);
const point = (text: string) =>
  right(text, marks)
    .slice(0, 5)
    .reduce((at, mark) => at * 16 + Number(mark.slice(5)), 0);

export function rank(key: string, nodes: readonly string[]): string[] {
  const ring = nodes
    .map((node) => ({ node, at: point(node) }))
    .sort((a, b) => a.at - b.at || (a.node < b.node ? -1 : 1));
  const first = Math.max(
    0,
    ring.findIndex(({ at }) => at >= point(key)),
  );
  return [...ring.slice(first), ...ring.slice(0, first)].map(({ node }) => node);
}
