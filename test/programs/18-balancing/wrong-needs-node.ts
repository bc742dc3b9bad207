// Your hash comes from node:crypto, which a page does not have.
import { createHash } from 'node:crypto';

export * from '../../../solutions/18-balancing.ts';

export function rank(key: string, nodes: readonly string[]): string[] {
  const weight = (node: string) => createHash('md5').update(`${key}\n${node}`).digest('hex');
  return nodes
    .map((node) => ({ node, at: weight(node) }))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .map(({ node }) => node);
}
