import { LinkType, type Packet, type Segment, type Side } from '#labs/09-wire';

/** What the checks of the wire share: packets built by hand, valid to their checksums. */

/** The two ends of the connection that is built. */
const ends = {
  client: { v4: '10.0.0.1', v6: 'fd00::1', port: 49152 },
  server: { v4: '10.0.0.2', v6: 'fd00::2', port: 8080 },
} as const;

export const opposite: Record<Side, Side> = { client: 'server', server: 'client' };

export interface TcpSpec {
  from?: Side;
  seq?: number;
  ack?: number;
  /** Letters of the flags that are set: `S` `A` `P` `F` `R`. Default: `A`. */
  flags?: string;
  /** Bytes, a multiple of four. Default: none. */
  options?: Uint8Array;
  payload?: Uint8Array;
  /** Port of the client. Default: 49152. */
  port?: number;
}

export interface PacketSpec extends TcpSpec {
  linkType?: number;
  version?: 4 | 6;
  /** Bytes captured at most ("snaplen"). */
  snaplen?: number;
  at?: number;
  /** Bytes after the IP packet. */
  padding?: number;
}

/** A TCP segment in an IP packet in a packet of the link, as it would be captured. */
export function packet(spec: PacketSpec = {}): Packet {
  const { linkType = LinkType.Ethernet, version = 4, padding = 0 } = spec;
  const ip =
    version === 4 ? ipv4(tcp(spec, 4), { from: spec.from }) : ipv6(tcp(spec, 6), { from: spec.from });
  return captured(Buffer.concat([link(linkType, ip), Buffer.alloc(padding)]), { ...spec, linkType });
}

/** Bytes as a capture holds them. */
export function captured(
  bytes: Buffer,
  { linkType = LinkType.Ethernet as number, snaplen = 262_144, at = 0 } = {},
): Packet {
  return { at, linkType, data: bytes.subarray(0, snaplen), originalLength: bytes.length };
}

const flagBits: Record<string, number> = { F: 0x01, S: 0x02, R: 0x04, P: 0x08, A: 0x10 };

/** A TCP segment (RFC 9293 §3.1). */
export function tcp(spec: TcpSpec, version: 4 | 6): Buffer {
  const {
    from = 'client',
    seq = 1000,
    ack = 0,
    flags = 'A',
    options = Buffer.alloc(0),
    payload = Buffer.alloc(0),
  } = spec;
  const clientPort = spec.port ?? ends.client.port;
  const ports = from === 'client' ? [clientPort, ends.server.port] : [ends.server.port, clientPort];
  const bytes = Buffer.alloc(20 + options.length + payload.length);
  bytes.writeUInt16BE(ports[0], 0);
  bytes.writeUInt16BE(ports[1], 2);
  bytes.writeUInt32BE(seq >>> 0, 4);
  bytes.writeUInt32BE(ack >>> 0, 8);
  bytes[12] = (5 + options.length / 4) << 4;
  bytes[13] = [...flags].reduce((bits, letter) => bits | flagBits[letter], 0);
  bytes.writeUInt16BE(65_535, 14);
  bytes.set(options, 20);
  bytes.set(payload, 20 + options.length);
  const pseudoHeader = Buffer.alloc(8);
  pseudoHeader.writeUInt32BE(bytes.length, 0);
  pseudoHeader.writeUInt32BE(6, 4);
  const addresses = [from, opposite[from]].map((side) => address(side, version));
  bytes.writeUInt16BE(checksum(Buffer.concat([...addresses, pseudoHeader, bytes])), 16);
  return bytes;
}

export interface IpSpec {
  from?: Side;
  /** IPv4: bytes of options, a multiple of four. IPv6: extension headers, each with its number. */
  options?: Uint8Array;
  extensions?: { kind: number; bytes: Uint8Array }[];
  /** IPv4: the field of flags and fragment offset. */
  fragment?: number;
  protocol?: number;
  /** What the header says. Default: the truth. */
  length?: number;
}

/** An IPv4 packet (RFC 791 §3.1). */
export function ipv4(payload: Buffer, spec: IpSpec = {}): Buffer {
  const { from = 'client', options = Buffer.alloc(0), fragment = 0x4000, protocol = 6 } = spec;
  const header = Buffer.alloc(20 + options.length);
  header[0] = 0x40 | (header.length / 4);
  header.writeUInt16BE(spec.length ?? header.length + payload.length, 2);
  header.writeUInt16BE(fragment, 6);
  header[8] = 64;
  header[9] = protocol;
  address(from, 4).copy(header, 12);
  address(opposite[from], 4).copy(header, 16);
  header.set(options, 20);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** An IPv6 packet (RFC 8200 §3); each extension's first byte becomes the number of what comes after it. */
export function ipv6(payload: Buffer, spec: IpSpec = {}): Buffer {
  const { from = 'client', extensions = [], protocol = 6 } = spec;
  const kinds = [...extensions.map(({ kind }) => kind), protocol];
  const parts = extensions.map(({ bytes }, index) => {
    const part = Buffer.from(bytes);
    part[0] = kinds[index + 1];
    return part;
  });
  const body = Buffer.concat([...parts, payload]);
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(spec.length ?? body.length, 4);
  header[6] = kinds[0];
  header[7] = 64;
  address(from, 6).copy(header, 8);
  address(opposite[from], 6).copy(header, 24);
  return Buffer.concat([header, body]);
}

/** Puts a link header before an IP packet. */
export function link(
  linkType: number,
  ip: Buffer,
  { vlans = [] as number[], bigEndian = false } = {},
): Buffer {
  const etherType = ip[0] >> 4 === 4 ? 0x0800 : 0x86dd;
  const hex = (text: string) => Buffer.from(text, 'hex');
  const uint16 = (value: number) => Buffer.of(value >> 8, value & 0xff);
  switch (linkType) {
    case LinkType.Ethernet: {
      const tags = vlans.flatMap((vlan) => [uint16(0x8100), uint16(vlan)]);
      return Buffer.concat([hex('020000000002020000000001'), ...tags, uint16(etherType), ip]);
    }
    case LinkType.LinuxCooked:
      return Buffer.concat([hex('0000000100060200000000010000'), uint16(etherType), ip]);
    case LinkType.LinuxCooked2:
      return Buffer.concat([uint16(etherType), hex('000000000002000100060200000000010000'), ip]);
    case LinkType.Null:
    case LinkType.Loop: {
      // Linux and macOS disagree on IPv6: 10 and 30.
      const family = ip[0] >> 4 === 4 ? 2 : bigEndian ? 10 : 30;
      const inOrder = bigEndian || linkType === LinkType.Loop ? [0, 0, 0, family] : [family, 0, 0, 0];
      return Buffer.concat([Buffer.from(inOrder), ip]);
    }
    default:
      return ip;
  }
}

function address(side: Side, version: 4 | 6): Buffer {
  const last = side === 'client' ? 1 : 2;
  return version === 4 ? Buffer.of(10, 0, 0, last) : Buffer.from(`fd${'00'.repeat(14)}0${last}`, 'hex');
}

/** The Internet checksum (RFC 1071). */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** A segment as `readSegment` gives it, for one direction by itself. */
export function segment(seq: number, payload: string | Uint8Array, more: Partial<Segment> = {}): Segment {
  const bytes = Buffer.from(payload);
  return {
    source: '10.0.0.1:49152',
    destination: '10.0.0.2:8080',
    seq: seq >>> 0,
    ack: 0,
    syn: false,
    fin: false,
    rst: false,
    payload: bytes,
    length: bytes.length,
    ...more,
  };
}

/** The packets of one TCP connection, a millisecond apart. */
export class Talk {
  readonly packets: Packet[] = [];
  /** The next sequence number of each side. */
  readonly next: Record<Side, number>;
  readonly #spec: PacketSpec;
  #at: number;

  constructor({
    client = 1000,
    server = 5000,
    at = 1_700_000_000_000_000,
    ...spec
  }: PacketSpec & { client?: number; server?: number } = {}) {
    this.next = { client, server };
    this.#spec = spec;
    this.#at = at;
  }

  /** One packet of a side, which also acknowledges all of the other's before it. */
  send(from: Side, payload: string | Uint8Array = '', more: PacketSpec = {}): this {
    const bytes = Buffer.from(payload);
    const { flags = 'A' } = more;
    const ack = flags.includes('A') ? this.next[opposite[from]] : 0;
    this.#at += 1000;
    this.packets.push(
      packet({ ...this.#spec, from, seq: this.next[from], ack, payload: bytes, at: this.#at, ...more }),
    );
    const numbers = (flags.match(/[SF]/g)?.length ?? 0) + bytes.length;
    this.next[from] = (this.next[from] + numbers) >>> 0;
    return this;
  }

  /** The three packets that open TCP. */
  open(): this {
    return this.send('client', '', { flags: 'S' }).send('server', '', { flags: 'SA' }).send('client');
  }

  /** The handshake of RFC 6455 §1.3, in a packet each. */
  upgrade(requestHeaders = '', responseHeaders = ''): this {
    return this.send('client', upgradeRequest(requestHeaders)).send(
      'server',
      upgradeResponse(responseHeaders),
    );
  }

  /** Both FINs. */
  close(): this {
    return this.send('server', '', { flags: 'FA' }).send('client', '', { flags: 'FA' }).send('server');
  }
}

export function upgradeRequest(headers = ''): string {
  return (
    'GET /chat HTTP/1.1\r\nHost: 10.0.0.2:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${headers}\r\n`
  );
}

export function upgradeResponse(headers = ''): string {
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n${headers}\r\n`
  );
}

/** A pcap file of these packets, all of one link type. */
export function pcapFile(
  packets: readonly Packet[],
  { bigEndian = false, nanoseconds = false } = {},
): Buffer {
  const write = (...values: [value: number, bytes: number][]) => {
    const bytes = Buffer.alloc(values.reduce((sum, [, length]) => sum + length, 0));
    let at = 0;
    for (const [value, length] of values) {
      if (bigEndian) bytes.writeUIntBE(value, at, length);
      else bytes.writeUIntLE(value, at, length);
      at += length;
    }
    return bytes;
  };
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const linkType = packets[0]?.linkType ?? LinkType.Ethernet;
  const header = write([magic, 4], [2, 2], [4, 2], [0, 4], [0, 4], [262_144, 4], [linkType, 4]);
  const records = packets.flatMap(({ at, data, originalLength }) => {
    const fraction = (at % 1_000_000) * (nanoseconds ? 1000 : 1);
    return [
      write([Math.floor(at / 1_000_000), 4], [fraction, 4], [data.length, 4], [originalLength, 4]),
      data,
    ];
  });
  return Buffer.concat([header, ...records]);
}
