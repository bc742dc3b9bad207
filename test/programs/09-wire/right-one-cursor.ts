// Right, and written as one walk through the packet: a cursor that reads and moves on, and refuses to leave the capture.
import { type Packet, PacketError, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

class Cursor {
  at = 0;
  readonly #data: Buffer;

  constructor(data: Buffer) {
    this.#data = data;
  }

  number(length: 1 | 2 | 4): number {
    return this.take(length).readUIntBE(0, length);
  }

  skip(length: number): void {
    this.take(length);
  }

  take(length: number): Buffer {
    if (this.at + length > this.#data.length) throw new PacketError('cut within its headers');
    this.at += length;
    return this.#data.subarray(this.at - length, this.at);
  }
}

/** Bytes before the EtherType, and after it. */
const etherTypes: Record<number, [before: number, after: number]> = {
  1: [12, 0],
  113: [14, 0],
  276: [0, 18],
};

export function readSegment(packet: Packet): Segment | undefined {
  const cursor = new Cursor(packet.data);
  if (!skipLink(cursor, packet.linkType)) return undefined;
  const ipStart = cursor.at;
  const first = cursor.number(1);
  const ip = first >> 4 === 6 ? readIpv6(cursor, ipStart) : readIpv4(cursor, ipStart, first);
  if (!ip) return undefined;

  const end = ip.end === ipStart ? packet.originalLength : ip.end;
  const tcpStart = cursor.at;
  const [sourcePort, destinationPort, seq, ack] = [
    cursor.number(2),
    cursor.number(2),
    cursor.number(4),
    cursor.number(4),
  ];
  const [offset, flags] = [cursor.number(1) >> 4, cursor.number(1)];
  cursor.skip(6);
  const payloadStart = tcpStart + 4 * offset;
  if (offset < 5 || payloadStart > end || end > packet.originalLength)
    throw new PacketError('contradictory headers');
  return {
    source: `${ip.source}:${sourcePort}`,
    destination: `${ip.destination}:${destinationPort}`,
    seq,
    ack: flags & 16 ? ack : undefined,
    syn: (flags & 2) === 2,
    fin: (flags & 1) === 1,
    rst: (flags & 4) === 4,
    payload: packet.data.subarray(payloadStart, end),
    length: end - payloadStart,
  };
}

/** False if what follows is not IP. */
function skipLink(cursor: Cursor, linkType: number): boolean {
  if ([12, 14, 101, 228, 229].includes(linkType)) return true;
  if (linkType === 0 || linkType === 108) {
    const family = cursor.take(4);
    return [2, 10, 24, 28, 30].includes(Math.max(...family));
  }
  if (!(linkType in etherTypes)) throw new PacketError('unknown link type');
  const [before, after] = etherTypes[linkType];
  cursor.skip(before);
  let type = cursor.number(2);
  cursor.skip(after);
  while (type === 0x8100 || type === 0x88a8) {
    cursor.skip(2);
    type = cursor.number(2);
  }
  return type === 0x0800 || type === 0x86dd;
}

type Ip = { source: string; destination: string; end: number } | undefined;

function readIpv4(cursor: Cursor, start: number, first: number): Ip {
  if (first >> 4 !== 4) throw new PacketError('unknown version of IP');
  cursor.skip(1);
  const length = cursor.number(2);
  cursor.skip(2);
  const fragment = cursor.number(2) & 0x3fff;
  cursor.skip(1);
  const protocol = cursor.number(1);
  cursor.skip(2);
  const [source, destination] = [cursor.take(4).join('.'), cursor.take(4).join('.')];
  if (protocol !== 6) return undefined;
  if (fragment) throw new PacketError('a fragment');
  cursor.skip(4 * (first & 15) - 20);
  return { source, destination, end: start + length };
}

function readIpv6(cursor: Cursor, start: number): Ip {
  cursor.skip(3);
  const length = cursor.number(2);
  let next = cursor.number(1);
  cursor.skip(1);
  const [source, destination] = [cursor.take(16), cursor.take(16)].map(shorten);
  while (next !== 6) {
    const kind = next;
    if (![0, 43, 44, 51, 60].includes(kind)) return undefined;
    next = cursor.number(1);
    const size = cursor.number(1);
    const rest = cursor.take(kind === 44 ? 6 : kind === 51 ? 4 * size + 6 : 8 * size + 6);
    if (kind === 44 && (rest.readUInt16BE(0) & 0xfff9) !== 0) {
      if (next === 6) throw new PacketError('a fragment');
      return undefined;
    }
  }
  return { source, destination, end: length === 0 ? start : start + 40 + length };
}

/** In brackets, the longest run of zeros as `::`. */
function shorten(address: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => address.readUInt16BE(2 * index).toString(16)).join(
    ':',
  );
  const runs = groups.match(/\b0(:0)+\b/g) ?? [];
  const longest = runs.toSorted((a, b) => b.length - a.length)[0];
  if (!longest) return `[${groups}]`;
  const at = groups.search(new RegExp(`(?<=^|:)${longest}(?=:|$)`));
  return `[${groups.slice(0, Math.max(0, at - 1))}::${groups.slice(at + longest.length + 1)}]`;
}
