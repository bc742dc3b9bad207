// You read a fragment as if it were a whole packet; a later one has no TCP header at all (RFC 791 §3.2).
import { LinkType, type Packet, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const data = Buffer.from(packet.data);
  if (packet.linkType === LinkType.Ethernet && data[12] === 8 && data.length > 22) data.writeUInt16BE(0, 20);
  return right({ ...packet, data });
}
