// Right, with a limit that is doubled in a loop, a wait drawn from the top of it, and codes by range.
import { defaultPolicy, type RetryPolicy } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export function retryDelay(
  failures: number,
  { firstMs, capMs }: Pick<RetryPolicy, 'firstMs' | 'capMs'> = defaultPolicy,
  random: () => number = Math.random,
): number {
  let limit = firstMs;
  for (let n = 0; n < failures && limit < capMs; n++) limit *= 2;
  limit = Math.min(limit, capMs);
  return limit - random() * limit;
}

export function isRetryable(code: number): boolean {
  if (code === 1001 || code === 3008) return true;
  if (code === 1005 || code === 1006) return true;
  return code >= 1011 && code <= 1015;
}
