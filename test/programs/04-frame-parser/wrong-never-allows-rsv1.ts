// With allowRsv1 an extension was negotiated that uses RSV1: the bit is passed on, not refused (RFC 7692 §6).
import { type FrameHeader, ProtocolError } from '#labs/03-frames';
import { FrameParser as RightParser } from './right-list-of-chunks.ts';

export class FrameParser extends RightParser {
  protected override judgeReservedBits(header: FrameHeader): void {
    const { rsv1, rsv2, rsv3 } = header;
    if (rsv1 || rsv2 || rsv3) throw new ProtocolError(1002, 'reserved bit');
  }
}
