// Your first retry does not wait: the whole herd comes at once, on a server that has just failed.
import { defaultPolicy, type RetryPolicy, retryDelay as right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export function retryDelay(
  failures: number,
  policy: Pick<RetryPolicy, 'firstMs' | 'capMs'> = defaultPolicy,
  random: () => number = Math.random,
): number {
  return failures === 0 ? 0 : right(failures - 1, policy, random);
}
