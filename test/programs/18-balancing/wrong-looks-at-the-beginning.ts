// Your hash looks at the first 32 characters only: long keys that begin alike all go to one node.
import { rank as right } from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

export function rank(key: string, nodes: readonly string[]): string[] {
  return right(key.slice(0, 32), nodes);
}
