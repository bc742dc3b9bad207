// You join each chunk to all that came before: a payload in a thousand pieces is copied a thousand times (RFC 6455 §5.2).
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override keep(chunk: Buffer): void {
    this.waiting = [Buffer.concat([...this.waiting, chunk])];
    this.available += chunk.length;
  }
}
