// You look for TCP right behind the IPv6 header; extension headers may come between (RFC 8200 §4).
import { LinkType, type Packet, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const { data, linkType } = packet;
  const isExtended = linkType === LinkType.Ethernet && data[12] === 0x86 && data[20] !== 6;
  return isExtended ? undefined : right(packet);
}
