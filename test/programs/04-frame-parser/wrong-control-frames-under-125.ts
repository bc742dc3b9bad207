// A control frame may have 125 bytes; only from 126 on it is too long (RFC 6455 §5.5).
import type { FrameHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeControl(header: FrameHeader): void {
    super.judgeControl({ ...header, payloadLength: header.payloadLength + 1 });
  }
}
