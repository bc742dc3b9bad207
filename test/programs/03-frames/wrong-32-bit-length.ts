// You read four of the eight length bytes: a length of 4 GiB or more comes out far too small (RFC 6455 §5.2).
import type { FrameHeader } from '../../../solutions/03-frames.ts';
import * as solution from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function decodeHeader(bytes: Buffer, start = 0, end = bytes.length): FrameHeader | undefined {
  const header = solution.decodeHeader(bytes, start, end);
  return header && { ...header, payloadLength: header.payloadLength >>> 0 };
}
