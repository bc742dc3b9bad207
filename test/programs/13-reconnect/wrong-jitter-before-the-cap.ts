// You draw first and cap then: from the third retry on most of your clients wait exactly the cap, and knock together.
import { defaultPolicy, type RetryPolicy } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export function retryDelay(
  failures: number,
  { firstMs, capMs }: Pick<RetryPolicy, 'firstMs' | 'capMs'> = defaultPolicy,
  random: () => number = Math.random,
): number {
  return Math.min(capMs, random() * firstMs * 2 ** failures);
}
