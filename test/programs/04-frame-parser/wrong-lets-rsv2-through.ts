// allowRsv1 is for RSV1: RSV2 and RSV3 still have no meaning, and are an error 1002 (RFC 6455 §5.2).
import type { FrameHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeReservedBits(header: FrameHeader): void {
    if (!this.options.allowRsv1) super.judgeReservedBits(header);
  }
}
