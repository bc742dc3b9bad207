// You unmask in the chunk itself; it belongs to whoever pushed it, and is only to be read (RFC 6455 §5.3).
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  override push(chunk: Buffer): void {
    const before = this.available;
    super.push(chunk);
    if (before === 0 && this.waiting[0]?.length === 0 && chunk.length > 0) chunk[chunk.length - 1] ^= 1;
  }
}
