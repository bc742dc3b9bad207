// Frames that were whole before the violation were right: hand them out, then throw (RFC 6455 §7.1.7).
import type { Frame } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  override push(chunk: Buffer): void {
    this.held = [];
    super.push(chunk);
    for (const frame of this.held) super.handOut(frame);
  }

  private held: Frame[] = [];

  protected override handOut(frame: Frame): void {
    this.held.push(frame);
  }
}
