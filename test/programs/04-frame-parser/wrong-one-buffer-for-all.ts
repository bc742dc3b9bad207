// Every payload needs memory of its own: yours are written over by the next frame (RFC 6455 §5.2).
import type { Frame } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  private readonly shared = Buffer.alloc(2 ** 20);

  protected override handOut(frame: Frame): void {
    frame.payload.copy(this.shared);
    super.handOut({ ...frame, payload: this.shared.subarray(0, frame.payload.length) });
  }
}
