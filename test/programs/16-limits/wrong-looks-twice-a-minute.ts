// You set deadlines and not how often Node looks at them: every 30 seconds, whatever the deadline.
export * from '../../../solutions/16-limits.ts';

import { type HandshakeLimits, handshakeLimits as right } from '../../../solutions/16-limits.ts';

export function handshakeLimits(deadlineMs: number): HandshakeLimits {
  return { ...right(deadlineMs), connectionsCheckingInterval: 30_000 };
}
