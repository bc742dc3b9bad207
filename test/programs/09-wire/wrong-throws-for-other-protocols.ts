// You refuse packets that are not TCP; a network is full of them, and they are no mistake.
import { type Packet, PacketError, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const segment = right(packet);
  if (!segment) throw new PacketError('it is not TCP');
  return segment;
}
