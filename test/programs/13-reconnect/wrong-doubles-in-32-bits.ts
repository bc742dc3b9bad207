// You double by <<, which counts in 32 bits: after 31 failures your wait is below zero, and after 32 it begins anew.
import { defaultPolicy, type RetryPolicy } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export function retryDelay(
  failures: number,
  { firstMs, capMs }: Pick<RetryPolicy, 'firstMs' | 'capMs'> = defaultPolicy,
  random: () => number = Math.random,
): number {
  return random() * Math.min(capMs, firstMs * (1 << failures));
}
