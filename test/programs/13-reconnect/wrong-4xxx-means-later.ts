// You retry after 4000 to 4999: these are an application's own way to say no (RFC 6455 §7.4.2).
import { isRetryable as right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export function isRetryable(code: number): boolean {
  return right(code) || code >= 4000;
}
