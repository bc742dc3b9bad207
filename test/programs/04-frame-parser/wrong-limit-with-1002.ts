// A payload that is too big breaks no rule of framing: its close code is 1009, not 1002 (RFC 6455 §7.4.1).
import { type FrameHeader, ProtocolError } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeLength({ payloadLength }: FrameHeader): void {
    const { maxPayloadLength = 1_048_576 } = this.options;
    if (payloadLength > maxPayloadLength) throw new ProtocolError(1002, 'too big');
  }
}
