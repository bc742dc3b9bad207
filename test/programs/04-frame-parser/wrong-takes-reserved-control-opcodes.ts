// You refuse opcodes 3–7, but 11–15 are reserved as well: only 8, 9 and 10 are control frames (RFC 6455 §5.2).
import type { FrameHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeOpcode(header: FrameHeader): void {
    if (header.opcode < 8) super.judgeOpcode(header);
  }
}
