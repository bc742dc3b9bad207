// After an error the stream means nothing any more: every further byte is ignored (RFC 6455 §7.1.7).
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  override push(chunk: Buffer): void {
    try {
      super.push(chunk);
    } finally {
      if (this.failed) {
        this.failed = false;
        this.waiting = [];
        this.available = 0;
        this.needed = 2;
      }
    }
  }
}
