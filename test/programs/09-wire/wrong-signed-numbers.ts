// Your sequence numbers are negative from 2³¹ on; they have 32 bits and no sign (RFC 9293 §3.4).
import { type Packet, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const segment = right(packet);
  return segment && { ...segment, seq: segment.seq | 0 };
}
