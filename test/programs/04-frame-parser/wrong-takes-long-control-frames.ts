// A control frame has 125 bytes of payload at most; more is an error 1002 (RFC 6455 §5.5).
import type { FrameHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeControl(header: FrameHeader): void {
    super.judgeControl({ ...header, payloadLength: 0 });
  }
}
