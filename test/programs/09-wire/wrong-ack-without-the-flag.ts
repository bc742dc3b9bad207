// You read an acknowledgment where the ACK flag is not set; the field means nothing then (RFC 9293 §3.1).
import { type Packet, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const segment = right(packet);
  return segment && { ...segment, ack: segment.ack ?? 0 };
}
