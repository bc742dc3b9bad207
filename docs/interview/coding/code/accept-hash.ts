import { createHash } from 'node:crypto';

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** True for base64 of exactly 16 bytes, as browsers write it. */
export function isKey(key: string): boolean {
  const bytes = Buffer.from(key, 'base64');
  return bytes.length === 16 && bytes.toString('base64') === key;
}

/** The Sec-WebSocket-Accept for a Sec-WebSocket-Key: the text is hashed as it came, not what it stands for. */
export function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + guid)
    .digest('base64');
}
