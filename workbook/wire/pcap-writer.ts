import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';

export type Side = 'client' | 'server';

export interface Endpoint {
  /** IPv4 or IPv6; an IPv4 address that a dual socket calls `::ffff:127.0.0.1` counts as IPv4. */
  address: string;
  /** 0–65,535. */
  port: number;
}

/** Packets begin with the IP header, of either version. */
const linkTypeRaw = 101;
/** Bytes of payload in one segment. Loopback has packets of this size, and IP's limit is 65,535. */
const maxSegment = 32 * 1024;
/** What either side is always ready to take: the most there is without scaling. */
const receiveWindow = 65_535;

const protocolTcp = 6;
const hopLimit = 64;

const Flag = { Fin: 0x01, Syn: 0x02, Rst: 0x04, Psh: 0x08, Ack: 0x10 } as const;

/** The first 24 bytes of a classic pcap file: little-endian, times in microseconds, no limit on packets. */
export function pcapFileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(linkTypeRaw, 20);
  return header;
}

/**
 * Writes the bytes of one TCP connection as the packets they might have been (RFC 9293 §3): its own three-way
 * handshake, each piece of data with an acknowledgement, a FIN or a reset. What is not known of the real
 * connection, sequence numbers and where segments were cut, is made up; what a reader puts together is not.
 */
export class PcapWriter {
  readonly #write: (record: Buffer) => void;
  readonly #now: () => number;
  readonly #ends: Record<Side, End>;

  /**
   * `write` takes one record of the file at a time. A record that it drops is, to a reader, a packet that was
   * not captured. `now` is in microseconds since 1970.
   */
  constructor(
    { client, server }: Record<Side, Endpoint>,
    write: (record: Buffer) => void,
    now: () => number = microseconds,
  ) {
    this.#write = write;
    this.#now = now;
    this.#ends = { client: new End(client), server: new End(server) };
    this.#send('client', Flag.Syn);
    this.#send('server', Flag.Syn | Flag.Ack);
    this.#send('client', Flag.Ack);
  }

  /** These bytes went from that side to the other. */
  data(from: Side, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += maxSegment) {
      this.#send(from, Flag.Psh | Flag.Ack, bytes.subarray(at, at + maxSegment));
      this.#send(other(from), Flag.Ack);
    }
  }

  /** That side sends no more: a FIN. Without effect the second time. */
  end(from: Side): void {
    if (this.#ends[from].ended) return;
    this.#ends[from].ended = true;
    this.#send(from, Flag.Fin | Flag.Ack);
    this.#send(other(from), Flag.Ack);
  }

  /** That side cut the connection: a RST (RFC 9293 §3.5.2). */
  reset(from: Side): void {
    this.#send(from, Flag.Rst | Flag.Ack);
  }

  #send(from: Side, flags: number, payload: Uint8Array = new Uint8Array()): void {
    const sender = this.#ends[from];
    const receiver = this.#ends[other(from)];
    const ack = flags & Flag.Ack ? receiver.seq : 0;
    const segment = encodeSegment(sender, receiver, { flags, seq: sender.seq, ack }, payload);
    this.#write(encodeRecord(this.#now(), encodeIp(sender, receiver, segment)));
    // SYN and FIN take a number of their own, as if they were a byte (§3.4).
    const length = payload.length + (flags & (Flag.Syn | Flag.Fin) ? 1 : 0);
    sender.seq = (sender.seq + length) >>> 0;
  }
}

/** One side of a connection. */
class End {
  readonly port: number;
  /** 4 or 16 bytes. */
  readonly address: Buffer;
  /** Sequence number of the next byte it sends; the first is random, as it is in TCP (§3.4.1). */
  seq = randomBytes(4).readUInt32BE();
  ended = false;

  constructor({ address, port }: Endpoint) {
    this.port = port;
    this.address = addressBytes(address);
  }
}

function other(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}

function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

function encodeRecord(at: number, packet: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(at / 1_000_000), 0);
  header.writeUInt32LE(at % 1_000_000, 4);
  header.writeUInt32LE(packet.length, 8);
  header.writeUInt32LE(packet.length, 12);
  return Buffer.concat([header, packet]);
}

/** A TCP segment without options (RFC 9293 §3.1). */
function encodeSegment(
  source: End,
  destination: End,
  { flags, seq, ack }: { flags: number; seq: number; ack: number },
  payload: Uint8Array,
): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(source.port, 0);
  header.writeUInt16BE(destination.port, 2);
  header.writeUInt32BE(seq, 4);
  header.writeUInt32BE(ack, 8);
  header[12] = (header.length / 4) << 4;
  header[13] = flags;
  header.writeUInt16BE(receiveWindow, 14);
  const segment = Buffer.concat([header, payload]);
  segment.writeUInt16BE(checksum(pseudoHeader(source, destination, segment.length), segment), 16);
  return segment;
}

/** What TCP's checksum covers besides the segment: RFC 9293 §3.1 for IPv4, RFC 8200 §8.1 for IPv6. */
function pseudoHeader(source: End, destination: End, length: number): Buffer {
  const rest = Buffer.alloc(8);
  rest.writeUInt32BE(length, 0);
  rest[7] = protocolTcp;
  return Buffer.concat([source.address, destination.address, rest]);
}

function encodeIp(source: End, destination: End, segment: Buffer): Buffer {
  const header = source.address.length === 4 ? ipv4Header(segment.length) : ipv6Header(segment.length);
  const packet = Buffer.concat([header, source.address, destination.address, segment]);
  if (source.address.length === 4) packet.writeUInt16BE(checksum(packet.subarray(0, 20)), 10);
  return packet;
}

/** RFC 791 §3.1, up to the addresses, the checksum still 0. */
function ipv4Header(length: number): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x45;
  header.writeUInt16BE(20 + length, 2);
  header[6] = 0x40; // don't fragment
  header[8] = hopLimit;
  header[9] = protocolTcp;
  return header;
}

/** RFC 8200 §3, up to the addresses. */
function ipv6Header(length: number): Buffer {
  const header = Buffer.alloc(8);
  header[0] = 0x60;
  header.writeUInt16BE(length, 4);
  header[6] = protocolTcp;
  header[7] = hopLimit;
  return header;
}

/** The Internet checksum (RFC 1071 §1): the ones' complement of the ones' complement sum of 16-bit words. */
function checksum(...parts: Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at + 1 < part.length; at += 2) sum += part.readUInt16BE(at);
    if (part.length % 2 === 1) sum += part[part.length - 1] << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

function addressBytes(address: string): Buffer {
  const ipv4 = address.replace(/^::ffff:(?=.*\.)/i, '');
  if (isIPv4(ipv4)) return Buffer.from(ipv4.split('.').map(Number));
  // Without the zone of a link-local address; URL writes the others in one way (RFC 5952).
  const { hostname } = new URL(`http://[${address.replace(/%.*/, '')}]`);
  const [before, after = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}
