// The limit itself is allowed; only a payload longer than it is an error 1009 (RFC 6455 §7.4.1).
import type { FrameHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeLength(header: FrameHeader): void {
    super.judgeLength({ ...header, payloadLength: header.payloadLength + 1 });
  }
}
