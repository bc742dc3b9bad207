// A chunk may hold many frames: go on until its bytes are used up (RFC 6455 §5.2).
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override readFrames(bytes: Buffer): number {
    let came = 0;
    const { onFrame } = this;
    const first = new RightParser(this.options, (frame) => {
      if (came++ === 0) onFrame(frame);
    });
    first.push(bytes);
    return bytes.length;
  }
}
