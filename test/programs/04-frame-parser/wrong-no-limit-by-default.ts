// Without a limit given it is 1 MiB: a parser with none lets any peer fill your memory (RFC 6455 §10.4).
import type { FrameHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeLength(header: FrameHeader): void {
    if (this.options.maxPayloadLength !== undefined) super.judgeLength(header);
  }
}
