// A frame is whole with its last byte: yours waits for a byte of the next, which may not come for an hour (RFC 6455 §5.2).
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  override push(chunk: Buffer): void {
    for (const byte of chunk) {
      super.push(this.last);
      this.last = Buffer.from([byte]);
    }
  }

  private last: Buffer = Buffer.alloc(0);
}
