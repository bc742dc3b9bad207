// Opcodes 3–7 and 11–15 are reserved for later versions: a frame with one is an error 1002 (RFC 6455 §5.2).
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeOpcode(): void {}
}
