// You give up when no code came: 1005 and 1006 say only that nobody said anything (RFC 6455 §7.1.5).
import { isRetryable as right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export function isRetryable(code: number): boolean {
  return right(code) && code !== 1005 && code !== 1006;
}
