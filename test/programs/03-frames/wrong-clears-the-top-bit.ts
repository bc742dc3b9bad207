// The top bit of a 64-bit length is not yours to ignore: set, it is an error 1002 (RFC 6455 §5.2).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  if ((bytes[1] & 0x7f) !== 127 || bytes[2] < 0x80) return solution.decodeFrame(bytes);
  const cleared = Buffer.from(bytes);
  cleared[2] &= 0x7f;
  return cleared.readBigUInt64BE(2) < 65536n ? undefined : solution.decodeFrame(cleared);
}
