// Every frame from a client is masked: a server that gets one without a key closes with 1002 (RFC 6455 §5.1).
import type { FrameHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeMask(header: FrameHeader): void {
    if (this.options.role === 'client') super.judgeMask(header);
  }
}
