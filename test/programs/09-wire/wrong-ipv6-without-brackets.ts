// You write an IPv6 address and a port without brackets; nobody can tell where one ends (RFC 5952 §6).
import { type Packet, readSegment as right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export function readSegment(packet: Packet): Segment | undefined {
  const segment = right(packet);
  const plain = (address: string) => address.replace(/[[\]]/g, '');
  return segment && { ...segment, source: plain(segment.source), destination: plain(segment.destination) };
}
