// A length under 126 in the 16-bit form is an error 1002, not another way to say it (RFC 6455 §5.2).
import type { Frame, FrameHeader } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  if (is(bytes)) return solution.decodeFrame(shortened(bytes));
  return solution.decodeFrame(bytes);
}

export function decodeHeader(bytes: Buffer, start = 0, end = bytes.length): FrameHeader | undefined {
  const slice = bytes.subarray(start, end);
  return solution.decodeHeader(is(slice) ? shortened(slice) : slice);
}

function is(bytes: Buffer): boolean {
  return bytes.length >= 4 && (bytes[1] & 0x7f) === 126 && bytes.readUInt16BE(2) < 126;
}

/** The same frame with its length in seven bits. */
function shortened(bytes: Buffer): Buffer {
  return Buffer.concat([
    bytes.subarray(0, 1),
    Buffer.from([(bytes[1] & 0x80) | bytes[3]]),
    bytes.subarray(4),
  ]);
}
