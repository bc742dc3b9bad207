// Your first byte has the number of the SYN; the SYN takes one itself (RFC 9293 §3.4).
import { Reassembler as Right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class Reassembler extends Right {
  override push(segment: Segment): void {
    super.push(segment.syn ? { ...segment, seq: segment.seq - 1 } : segment);
  }
}
