// A 64-bit length with its top bit set is malformed, not too big: the code is 1002, not 1009 (RFC 6455 §5.2).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  try {
    return solution.decodeFrame(bytes);
  } catch (error) {
    if ((bytes[1] & 0x7f) !== 127 || bytes[2] < 0x80) throw error;
    throw new solution.ProtocolError(1009, 'too big');
  }
}
