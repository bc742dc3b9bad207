// The header says how long the payload will be: over the limit it is refused there, before you have kept any of it (RFC 6455 §10.4).
import { type Frame, ProtocolError } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeLength(): void {}

  protected override handOut(frame: Frame): void {
    const { length } = frame.payload;
    if (length > (this.options.maxPayloadLength ?? 1_048_576)) throw new ProtocolError(1009, 'too big');
    super.handOut(frame);
  }
}
