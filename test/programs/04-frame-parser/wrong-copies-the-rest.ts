// After each frame you copy all that is behind it: a chunk of a thousand frames is copied a thousand times (RFC 6455 §5.2).
import { decodeHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override readFrames(bytes: Buffer): number {
    let rest: Buffer = bytes;
    while (true) {
      const header = decodeHeader(rest);
      const end = header ? header.headerLength + header.payloadLength : Number.POSITIVE_INFINITY;
      const length = super.readFrames(rest.subarray(0, Math.min(end, rest.length)));
      if (length === 0) return bytes.length - rest.length;
      rest = Buffer.from(rest.subarray(length));
    }
  }
}
