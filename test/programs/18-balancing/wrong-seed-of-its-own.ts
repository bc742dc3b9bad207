// Your hash has a seed that each process draws anew: two machines never agree.
import { rank as right } from '../../../solutions/18-balancing.ts';

export * from '../../../solutions/18-balancing.ts';

const seed = Math.random();

export function rank(key: string, nodes: readonly string[]): string[] {
  return right(`${seed} ${key}`, nodes);
}
