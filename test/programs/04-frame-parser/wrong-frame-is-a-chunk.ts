// A chunk is not a frame: TCP may cut one anywhere, and what is begun goes on in the next chunk (RFC 6455 §5.2).
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  override push(chunk: Buffer): void {
    this.waiting = [];
    this.available = 0;
    this.needed = 0;
    super.push(chunk);
  }
}
