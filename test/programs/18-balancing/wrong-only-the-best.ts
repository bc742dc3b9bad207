// You give the best node only: when that one is away, the client has nowhere to go.
import { rank as right } from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export function rank(key: string, nodes: readonly string[]): string[] {
  return right(key, nodes).slice(0, 1);
}
