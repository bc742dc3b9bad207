// You pass over frames with a VLAN tag; EtherType 0x8100 says that the real one comes four bytes later.
import { LinkType, type Packet, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const isTagged = packet.linkType === LinkType.Ethernet && packet.data[12] === 0x81;
  return isTagged ? undefined : right(packet);
}
