// You count the characters of a close reason; the limit is 123 bytes of UTF-8 (RFC 6455 §5.5).
import { encodeClosePayload as encode } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export function encodeClosePayload(code?: number, reason = ''): Buffer {
  if (code === undefined || reason.length > 123) return encode(code, reason);
  return Buffer.concat([encode(code), Buffer.from(reason)]);
}
