// You allow so few bytes of headers that a browser with a cookie or two is refused.
export * from '../../../solutions/16-limits.ts';

import { type HandshakeLimits, handshakeLimits as right } from '../../../solutions/16-limits.ts';

export function handshakeLimits(deadlineMs: number): HandshakeLimits {
  return { ...right(deadlineMs), maxHeaderSize: 1_024 };
}
