// You allocate what a header claims before it has come: ten bytes from anybody cost you all of the limit (RFC 6455 §10.4).
import type { FrameHeader } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  /** For the payload, once it comes. */
  room: Buffer | undefined;

  protected override judge(header: FrameHeader): void {
    super.judge(header);
    this.room = Buffer.alloc(header.payloadLength);
  }
}
