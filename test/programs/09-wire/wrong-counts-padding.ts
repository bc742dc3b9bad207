// You take all that is left of the frame for payload; IP says where it ends, the rest is padding (RFC 791 §3.1).
import { type Packet, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const segment = right(packet);
  if (!segment || segment.payload.length < segment.length) return segment;
  const payload = packet.data.subarray(segment.payload.byteOffset - packet.data.byteOffset);
  return { ...segment, payload, length: payload.length };
}
