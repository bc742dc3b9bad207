// A control frame is never in fragments: FIN 0 with an opcode from 8 on is an error 1002 (RFC 6455 §5.5).
import type { FrameHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeControl(header: FrameHeader): void {
    super.judgeControl({ ...header, fin: true });
  }
}
