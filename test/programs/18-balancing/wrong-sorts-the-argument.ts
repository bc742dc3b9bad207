// You sort the caller's own list. Sort a copy.
import { rank as right } from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export function rank(key: string, nodes: readonly string[]): string[] {
  const order = right(key, nodes);
  return (nodes as string[]).sort((a, b) => order.indexOf(a) - order.indexOf(b));
}
