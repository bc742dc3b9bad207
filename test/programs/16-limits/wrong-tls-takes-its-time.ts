// You set no deadline for TLS: who connects and says nothing is kept for two minutes.
export * from '../../../solutions/16-limits.ts';

import { type HandshakeLimits, handshakeLimits as right } from '../../../solutions/16-limits.ts';

export function handshakeLimits(deadlineMs: number): HandshakeLimits {
  return { ...right(deadlineMs), handshakeTimeout: 120_000 };
}
