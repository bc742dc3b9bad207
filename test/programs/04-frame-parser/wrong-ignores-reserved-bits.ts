// The three reserved bits are 0 unless an extension uses them: set, they are an error 1002 (RFC 6455 §5.2).
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeReservedBits(): void {}
}
