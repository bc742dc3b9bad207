// You take every IPv4 header for 20 bytes; its low half-byte counts its words, options and all (RFC 791 §3.1).
import { LinkType, type Packet, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const data = Buffer.from(packet.data);
  if (packet.linkType === LinkType.Ethernet && data[12] === 8 && data[14] > 0x45) data[14] = 0x45;
  return right({ ...packet, data });
}
