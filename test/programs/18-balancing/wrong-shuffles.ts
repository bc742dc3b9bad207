// You shuffle: the load is even, but no two calls give the same answer.
export * from '../../../solutions/18-balancing.ts';

export function rank(_key: string, nodes: readonly string[]): string[] {
  return nodes
    .map((node) => ({ node, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ node }) => node);
}
