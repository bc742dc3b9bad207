// You set a deadline for headers and none for the rest: a body that drips holds the connection for five minutes.
export * from '../../../solutions/16-limits.ts';

import { type HandshakeLimits, handshakeLimits as right } from '../../../solutions/16-limits.ts';

export function handshakeLimits(deadlineMs: number): HandshakeLimits {
  return { ...right(deadlineMs), requestTimeout: 300_000 };
}
