// Your waits double without end: after ten failures a client is away for an hour.
import { defaultPolicy, type RetryPolicy } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export function retryDelay(
  failures: number,
  { firstMs }: Pick<RetryPolicy, 'firstMs' | 'capMs'> = defaultPolicy,
  random: () => number = Math.random,
): number {
  return random() * firstMs * 2 ** failures;
}
