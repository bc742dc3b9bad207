// You read the address family in one byte order; link type 0 has that of the machine that captured.
import { LinkType, type Packet, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const isSwapped = packet.linkType === LinkType.Null && packet.data[0] === 0;
  return isSwapped ? undefined : right(packet);
}
