// Only a client masks: a client that parses must take frames without a key, whatever its role asks of others (RFC 6455 §5.1).
import { type FrameHeader, ProtocolError } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeMask({ masked }: FrameHeader): void {
    if (!masked) throw new ProtocolError(1002, 'not masked');
  }
}
