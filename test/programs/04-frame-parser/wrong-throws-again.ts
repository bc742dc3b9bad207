// The first error fails the connection; later bytes are ignored, not judged again (RFC 6455 §7.1.7).
import { ProtocolError } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  override push(chunk: Buffer): void {
    if (this.failed) throw new ProtocolError(1002, 'already failed');
    super.push(chunk);
  }
}
