// You send any close code you are given: 1005, 1006 and 1015 must never be in a frame (RFC 6455 §7.4.1).
import { encodeClosePayload as encode } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export function encodeClosePayload(code?: number, reason?: string): Buffer {
  if (code === undefined) return encode(code, reason);
  const payload = encode(1000, reason);
  payload.writeUInt16BE(code & 0xffff, 0);
  return payload;
}
