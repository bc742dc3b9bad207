import { decodeHeader, type Frame, Opcode, ProtocolError } from '#labs/03-frames';
import { FrameParser, type FrameParserOptions } from '#labs/04-frame-parser';
import { decodeClosePayload, MessageAssembler } from '#labs/05-messages';
import { type DeflateParameters, PermessageDeflate } from '#labs/07-compression';

/** A packet as it lies in a capture file. */
export interface Packet {
  /** When it was captured, in microseconds since 1970. */
  at: number;
  /** What its bytes begin with: one of `LinkType`. */
  linkType: number;
  /** The bytes captured: all of the packet, or the first of them ("snaplen"). */
  data: Buffer;
  /** How many bytes it had on the wire. */
  originalLength: number;
}

/** What a packet begins with, by the numbers of the pcap format. */
export const LinkType = {
  /** BSD and macOS loopback: four bytes of address family, in the byte order of the machine that captured. */
  Null: 0,
  Ethernet: 1,
  /** IPv4 or IPv6 with nothing before it. OpenBSD has 12 and 14 for it. */
  Raw: 101,
  /** OpenBSD loopback: as `Null`, in network byte order. */
  Loop: 108,
  /** Linux "cooked", what `tcpdump -i any` writes: 16 bytes, the last two an EtherType. */
  LinuxCooked: 113,
  Ipv4: 228,
  Ipv6: 229,
  /** Linux "cooked", version 2: 20 bytes, the first two an EtherType. */
  LinuxCooked2: 276,
} as const;

/** One TCP segment (RFC 9293 §3.1), out of its packet. */
export interface Segment {
  /** Address and port: `10.0.0.1:49152`, `[::1]:49152`. */
  source: string;
  destination: string;
  /** The number of its first byte, modulo 2³². */
  seq: number;
  /** The number of the next byte its sender expects; undefined if the ACK flag is not set. */
  ack: number | undefined;
  syn: boolean;
  fin: boolean;
  rst: boolean;
  /** The bytes of payload that were captured. */
  payload: Buffer;
  /** How many bytes of payload it had on the wire. */
  length: number;
}

/** A packet that cannot be read; the message says why, the same for all packets of one kind. */
export class PacketError extends Error {
  override name = 'PacketError';
}

/** Where the bytes of one direction go, in order. */
export interface ByteSink {
  /** The next bytes, at most one segment's; `cut` more belong after them, which the capture left out. */
  onBytes(bytes: Buffer, cut: number): void;
  /** `missing` bytes were sent here, and are not in the capture. */
  onGap(missing: number): void;
  /** All bytes before the FIN were handed out. */
  onEnd(): void;
}

export type Side = 'client' | 'server';

export interface FrameSeen {
  kind: 'frame';
  fin: boolean;
  rsv1: boolean;
  opcode: 'continuation' | 'text' | 'binary' | 'close' | 'ping' | 'pong';
  masked: boolean;
  /** Bytes of payload on the wire. */
  length: number;
  /** Where its header began, in bytes after the handshake of this direction, or after what is captured of it. */
  offset: number;
  /** The header as it was on the wire, masking key included: 2–14 bytes. */
  header: Buffer;
  /** Unmasked, and still compressed if it was; undefined when bytes of it are missing. */
  payload?: Buffer;
  /** Of a data frame: what its message is, and whether it is compressed; undefined when its first frame is missing. */
  type?: 'text' | 'binary';
  compressed?: boolean;
  /** Of a Close frame with a code that is legal. */
  code?: number;
  reason?: string;
}

export interface MessageSeen {
  kind: 'message';
  type: 'text' | 'binary';
  /** The whole message, inflated; UTF-8 if it is text. */
  data: Buffer;
}

/** What is seen in the bytes of one direction once they are frames. */
export type FrameEvent =
  | FrameSeen
  | MessageSeen
  /** Bytes of this direction are not in the capture. */
  | { kind: 'gap'; missing: number }
  /** The sender broke a rule, or what it sent cannot be followed any further. */
  | { kind: 'error'; message: string };

// #region segment
/**
 * Finds the TCP segment in a packet: through the link layer, IPv4 (RFC 791 §3.1) or IPv6 with its extension
 * headers (RFC 8200 §4), to TCP (RFC 9293 §3.1). Returns undefined for a packet of anything else. The payload
 * ends where IP says: what comes after it is padding. It is a view of the packet's bytes.
 *
 * @throws PacketError for a link type not in `LinkType`, a fragment of an IP packet, a packet captured only up
 * to somewhere in its headers, and headers that contradict each other.
 */
export function readSegment(packet: Packet): Segment | undefined {
  // #region solution: find where IP begins (by link type), where TCP begins and where it ends (by IP), then read TCP's header
  const start = findIp(packet);
  if (start === undefined) return undefined;
  const found = packet.data[start] >> 4 === 6 ? readIpv6(packet, start) : readIpv4(packet, start);
  return found && readTcp(packet, found);
  // #endregion
}

// #region solution: one function for each layer, say; and one that says when the capture ends within a header
const EtherType = { Ipv4: 0x0800, Ipv6: 0x86dd, Vlan: 0x8100, ServiceVlan: 0x88a8 } as const;
const protocolTcp = 6;
/** AF_INET, then AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS. */
const addressFamilies = [2, 10, 24, 28, 30];

/** Refuses a packet captured to less than its first `length` bytes. */
function need(data: Buffer, length: number): void {
  if (data.length < length) throw new PacketError('the capture ends within its headers');
}

// #region link-layer
/** Where the IP header begins. */
function findIp({ linkType, data }: Packet): number | undefined {
  switch (linkType) {
    case LinkType.Ethernet:
      return afterEtherType(data, 12, 14);
    case LinkType.LinuxCooked:
      return afterEtherType(data, 14, 16);
    case LinkType.LinuxCooked2:
      return afterEtherType(data, 0, 20);
    case LinkType.Null:
    case LinkType.Loop:
      need(data, 4);
      // A small number in four bytes of either order: it is in the first or in the last.
      return addressFamilies.includes(data[0] || data[3]) ? 4 : undefined;
    case LinkType.Raw:
    case LinkType.Ipv4:
    case LinkType.Ipv6:
    case 12:
    case 14:
      return 0;
    default:
      throw new PacketError(`link type ${linkType} is not known here`);
  }
}

/** Reads the EtherType at `at`; `next` is where its packet begins. VLAN tags (IEEE 802.1Q) may come between. */
function afterEtherType(data: Buffer, at: number, next: number): number | undefined {
  need(data, next);
  let type = data.readUInt16BE(at);
  while (type === EtherType.Vlan || type === EtherType.ServiceVlan) {
    need(data, next + 4);
    type = data.readUInt16BE(next + 2);
    next += 4;
  }
  return type === EtherType.Ipv4 || type === EtherType.Ipv6 ? next : undefined;
}
// #endregion link-layer

/** A TCP segment within its packet, and who sent it to whom. */
interface TcpBytes {
  start: number;
  /** Where IP says that it ends; not all up to there need be captured. */
  end: number;
  source: string;
  destination: string;
}

// #region ip
function readIpv4({ data, originalLength }: Packet, start: number): TcpBytes | undefined {
  need(data, start + 20);
  if (data[start] >> 4 !== 4) throw new PacketError('its IP header is of no known version');
  if (data[start + 9] !== protocolTcp) return undefined;
  // The flag "more fragments", and the offset. A fragment without its others proves nothing.
  if ((data.readUInt16BE(start + 6) & 0x3fff) !== 0)
    throw new PacketError('it is a fragment of an IP packet');
  const length = data.readUInt16BE(start + 2);
  return {
    start: start + (data[start] & 0x0f) * 4,
    // 0: captured before the network card cut it to size.
    end: length === 0 ? originalLength : start + length,
    source: ipv4Address(data, start + 12),
    destination: ipv4Address(data, start + 16),
  };
}

function readIpv6({ data, originalLength }: Packet, start: number): TcpBytes | undefined {
  need(data, start + 40);
  const length = data.readUInt16BE(start + 4);
  const tcp = skipExtensions(data, data[start + 6], start + 40);
  return tcp === undefined
    ? undefined
    : {
        start: tcp,
        end: length === 0 ? originalLength : start + 40 + length,
        source: ipv6Address(data, start + 8),
        destination: ipv6Address(data, start + 24),
      };
}

/** Where TCP begins after the extension headers of IPv6; each names the kind of the next (RFC 8200 §4). */
function skipExtensions(data: Buffer, kind: number, at: number): number | undefined {
  let isFragment = false;
  while (kind !== protocolTcp) {
    switch (kind) {
      case 0: // hop-by-hop options
      case 43: // routing
      case 60: // destination options
        need(data, at + 8);
        kind = data[at];
        at += (data[at + 1] + 1) * 8;
        break;
      case 44: // fragment
        need(data, at + 8);
        kind = data[at];
        // Offset 0 and nothing to follow: whole after all (RFC 6946 §4).
        isFragment ||= (data.readUInt16BE(at + 2) & 0xfff9) !== 0;
        // Other headers may have gone with another fragment; TCP is what matters.
        at += 8;
        break;
      case 51: // authentication
        need(data, at + 8);
        kind = data[at];
        at += (data[at + 1] + 2) * 4;
        break;
      default:
        return undefined;
    }
    if (isFragment && kind === protocolTcp) throw new PacketError('it is a fragment of an IP packet');
    if (isFragment) return undefined;
  }
  return at;
}

function ipv4Address(data: Buffer, at: number): string {
  return `${data[at]}.${data[at + 1]}.${data[at + 2]}.${data[at + 3]}`;
}

/** In brackets, with the longest run of zeros left out (RFC 5952 §4): URL writes it so. */
function ipv6Address(data: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => data.readUInt16BE(at + 2 * index).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname;
}
// #endregion ip

// #region tcp
function readTcp({ data, originalLength }: Packet, { start, end, source, destination }: TcpBytes): Segment {
  need(data, start + 20);
  const flags = data[start + 13];
  const payloadStart = start + (data[start + 12] >> 4) * 4;
  if (payloadStart < start + 20 || payloadStart > end || end > Math.max(originalLength, data.length)) {
    throw new PacketError('its headers contradict each other');
  }
  return {
    source: `${source}:${data.readUInt16BE(start)}`,
    destination: `${destination}:${data.readUInt16BE(start + 2)}`,
    seq: data.readUInt32BE(start + 4),
    ack: flags & 0x10 ? data.readUInt32BE(start + 8) : undefined,
    fin: (flags & 0x01) !== 0,
    syn: (flags & 0x02) !== 0,
    rst: (flags & 0x04) !== 0,
    payload: data.subarray(payloadStart, end),
    length: end - payloadStart,
  };
}
// #endregion tcp
// #endregion
// #endregion segment

// #region reassembler
/**
 * Puts the bytes of one direction of a TCP connection back in order (RFC 9293 §3.4): handed out once each,
 * the first copy of a byte that came. It begins with the SYN, or with the first payload if it sees no SYN.
 *
 * A hole waits for a retransmission. It becomes a gap when the receiver acknowledged bytes behind it, for then
 * nobody sends them again; or when more than 4 MiB wait behind it.
 */
export class Reassembler {
  // #region solution: fields: the number of the next byte, what waits behind a hole, where the FIN is
  readonly #sink: ByteSink;
  /** Sequence number of the next byte to hand out. */
  #next: number | undefined;
  /** What came early, in order, no two pieces with a byte in common. */
  #held: Piece[] = [];
  #heldCost = 0;
  /** The receiver has all bytes before this one. */
  #acknowledged: number | undefined;
  /** Sequence number of the FIN. */
  #fin: number | undefined;
  #ended = false;
  // #endregion

  constructor(sink: ByteSink) {
    // #region solution: keep the sink
    this.#sink = sink;
    // #endregion
  }

  /** Takes the next segment of this direction, in the order of the capture. */
  push(segment: Segment): void {
    // #region solution: drop what was handed out already (mind the wrap at 2³²), hand out what is next, hold what is early
    const { syn, fin, length, payload } = segment;
    // SYN and FIN take a number each, as if they were bytes (§3.4).
    const start = add(segment.seq, syn ? 1 : 0);
    if (this.#next === undefined && (syn || length > 0)) this.#next = start;
    if (this.#next === undefined) return;
    if (fin) this.#fin ??= add(start, length);
    if (length > 0) this.#take({ start, length, bytes: payload });
    if (this.#held.length > 0 || this.#fin !== undefined) this.#release();
    // #endregion
  }

  /** The other side acknowledged all bytes before `ack`. */
  acknowledge(ack: number): void {
    // #region solution: a hole before `ack` will not be filled any more
    this.#acknowledged = ack;
    if (this.#held.length > 0 || this.#fin !== undefined) this.#release();
    // #endregion
  }

  /** Nothing more will come: hands out what waits, a gap for each hole. */
  end(): void {
    // #region solution: as if all had been acknowledged
    while (this.#held.length > 0) this.#skipTo(this.#held[0].start);
    // #endregion
  }

  // #region solution: the ways a piece can go: out, on hold, cut where it overlaps; helpers for arithmetic modulo 2³²
  #take(piece: Piece): void {
    const fresh = after(piece, this.#next ?? piece.start);
    if (fresh.length === 0) return;
    if (fresh.start === this.#next && this.#held.length === 0) this.#handOut(fresh);
    else this.#hold(fresh);
  }

  // #region hold
  /** Keeps what is new of a piece, in its place. */
  #hold(piece: Piece): void {
    let at = this.#held.length;
    while (at > 0 && distance(piece.start, endOf(this.#held[at - 1])) > 0) at--;
    let rest = piece;
    while (rest.length > 0) {
      const later = this.#held[at];
      const room = later ? Math.max(0, distance(rest.start, later.start)) : rest.length;
      if (room > 0) {
        const kept = before(rest, room);
        this.#held.splice(at++, 0, { ...kept, bytes: Buffer.from(kept.bytes) });
        this.#heldCost += cost(kept);
      }
      rest = later ? after(rest, endOf(later)) : after(rest, endOf(rest));
      at++;
    }
  }
  // #endregion hold

  // #region release
  /** Hands out what waits for nothing, and gives up on holes that will stay. */
  #release(): void {
    while (this.#held.length > 0) {
      const { start } = this.#held[0];
      const isNext = start === this.#next;
      const isLost = this.#acknowledged !== undefined && distance(start, this.#acknowledged) >= 0;
      if (!isNext && !isLost && this.#heldCost <= maxHeldCost) break;
      this.#skipTo(start);
    }
    if (this.#fin === undefined || this.#ended || this.#next === undefined) return;
    // An acknowledged FIN: whatever came before it was received.
    if (this.#acknowledged !== undefined && distance(this.#fin, this.#acknowledged) > 0)
      this.#skipTo(this.#fin);
    if (this.#next !== this.#fin) return;
    this.#ended = true;
    this.#sink.onEnd();
  }

  /** Tells the bytes up to `seq` as missing, then hands out the piece that begins there. */
  #skipTo(seq: number): void {
    const missing = distance(this.#next ?? seq, seq);
    this.#next = seq;
    if (missing > 0) this.#sink.onGap(missing);
    if (this.#held[0]?.start !== seq) return;
    const piece = this.#held.shift() as Piece;
    this.#heldCost -= cost(piece);
    this.#handOut(piece);
  }

  #handOut({ start, length, bytes }: Piece): void {
    this.#next = add(start, length);
    this.#sink.onBytes(bytes, length - bytes.length);
  }
  // #endregion release
  // #endregion
}

// #region solution: what a piece is, and arithmetic with sequence numbers
/** A run of bytes by their sequence numbers; `bytes` is shorter than `length` if the capture cut the packet. */
interface Piece {
  start: number;
  length: number;
  bytes: Buffer;
}

/** As much may wait behind a hole, in bytes. */
const maxHeldCost = 4 * 1024 * 1024;

/** What a piece costs in memory beside its bytes. */
const pieceCost = 512;

function cost(piece: Piece): number {
  return piece.bytes.length + pieceCost;
}

// #region sequence
function add(seq: number, length: number): number {
  return (seq + length) >>> 0;
}

/** How far from `a` to `b`: negative if `b` is before it. Right as long as that is less than 2³¹ (RFC 9293 §3.4). */
function distance(a: number, b: number): number {
  return (b - a) | 0;
}
// #endregion sequence

function endOf({ start, length }: Piece): number {
  return add(start, length);
}

/** The part of a piece from `seq` on. */
function after(piece: Piece, seq: number): Piece {
  const old = distance(piece.start, seq);
  if (old <= 0) return piece;
  const length = Math.max(0, piece.length - old);
  return { start: seq, length, bytes: piece.bytes.subarray(old) };
}

/** The first `length` bytes of a piece, or all if it has no more. */
function before(piece: Piece, length: number): Piece {
  if (length >= piece.length) return piece;
  return { start: piece.start, length, bytes: piece.bytes.subarray(0, length) };
}
// #endregion
// #endregion reassembler

// #region in-step
/**
 * Whether the bytes of a segment, `cut` more of which were not captured, are legal frames and nothing else: the
 * first begins with the first byte, the last ends with the last. Only headers are looked at. Bytes that are not
 * frames hardly ever pass.
 */
export function holdsWholeFrames(bytes: Buffer, cut: number, options: FrameParserOptions): boolean {
  // #region solution: go from header to header (lab 03): is each legal, as lab 04 judges it, and does the last payload end where the segment ends?
  try {
    let at = 0;
    while (at < bytes.length) {
      const header = decodeHeader(bytes, at);
      if (!header) return false;
      at += header.headerLength + header.payloadLength;
    }
    new FrameParser(options, () => {}).push(Buffer.from(bytes));
    return at > 0 && at === bytes.length + cut;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
  // #endregion
}
// #endregion in-step

export interface FrameReaderOptions {
  /** Whose frames these are: a client's are masked (RFC 6455 §5.1). */
  from: Side;
  /** What the handshake agreed on; `'unknown'` if it is not in the capture. Default: no compression. */
  compression?: DeflateParameters | 'unknown';
  /** False if the first byte may be any: the frames must be found first. Default: true. */
  inStep?: boolean;
}

// #region frame-reader
/**
 * Reads the frames and messages of one direction, whatever is missing of it.
 *
 * A gap within a payload costs that frame's payload and its message, no more: the header said where the next
 * frame begins. After any other gap nobody knows where a frame begins. It goes on with the next segment that
 * holds legal frames from its first byte to its last; a random one hardly ever does.
 *
 * A frame or message of more than 16 MiB is an error here.
 */
export class FrameReader {
  // #region solution: fields: the parser (lab 04) and the assembler (lab 05), how much of a payload is still to come, what was lost
  readonly #options: FrameReaderOptions;
  readonly #tell: (event: FrameEvent) => void;
  #parser: FrameParser;
  #assembler: MessageAssembler;
  #deflate: PermessageDeflate | undefined;
  /** False once a message is missing of which the next one may hold copies (RFC 7692 §7.1.1). */
  #canInflate: boolean;
  #failed = false;
  /** False when the next byte may be any of a frame. */
  #inStep: boolean;
  /** How many bytes have come, or are known to be missing. */
  #position = 0;
  /** The start of a header that is cut. */
  #held = noBytes;
  /** The header of the frame at hand, where it began, and how much of its payload is to come. */
  #header = noBytes;
  #offset = 0;
  #left = 0;
  /** Whether some of that payload is missing. */
  #isDamaged = false;
  /** The message whose frames are coming. */
  #message: { type: 'text' | 'binary'; compressed: boolean } | undefined;
  /** True from the loss of a part of a message to its last frame. */
  #isDropping: boolean;
  #hasRefused = false;
  // #endregion

  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    // #region solution: keep the options; make a parser and an assembler, and a PermessageDeflate if compression was agreed on
    const { compression, inStep = true } = options;
    this.#options = options;
    this.#tell = tell;
    this.#inStep = inStep;
    this.#isDropping = !inStep;
    this.#canInflate = inStep && compression !== 'unknown';
    this.#parser = this.#makeParser();
    this.#assembler = this.#makeAssembler();
    this.#deflate = this.#makeDeflate();
    // #endregion
  }

  /**
   * Takes the next bytes, at most one segment's; `cut` more belong after them and were not captured, which
   * is told as a gap. Tells each frame when its last byte is there, then the message it completes. After
   * a broken rule it tells an error, and then nothing more.
   */
  push(bytes: Buffer, cut = 0): void {
    // #region solution: if out of step, see whether this segment is frames from end to end; then frame by frame to the parser
    if (this.#failed) return;
    this.#inStep ||= holdsWholeFrames(bytes, cut, this.#parserOptions);
    if (this.#inStep) this.#guard(() => this.#read(bytes));
    else this.#position += bytes.length;
    if (cut > 0) this.gap(cut);
    // #endregion
  }

  /** `missing` bytes are not in the capture. */
  gap(missing: number): void {
    // #region solution: tell it; if all of it lies in a payload, stay in step: push zeros in its place, and drop that payload
    if (this.#failed) return;
    this.#tell({ kind: 'gap', missing });
    const inPayload = Math.min(missing, this.#left);
    this.#isDamaged ||= inPayload > 0;
    const isStillInStep = this.#inStep && this.#left > 0 && missing <= this.#left;
    for (let filled = 0; filled < inPayload && !this.#failed; ) {
      const zeros = Buffer.alloc(Math.min(inPayload - filled, zerosLength));
      this.#guard(() => this.#read(zeros));
      filled += zeros.length;
    }
    this.#position += missing - inPayload;
    if (!isStillInStep) this.#loseStep();
    // #endregion
  }

  // #region solution: bytes to frames: where each begins, so that a hole in one does not cost the next
  // #region read
  #read(chunk: Buffer): void {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    const start = this.#position - this.#held.length;
    this.#held = noBytes;
    this.#position += chunk.length;
    let at = 0;
    while (at < bytes.length) {
      let end = at + this.#left;
      if (this.#left === 0) {
        const header = decodeHeader(bytes, at);
        if (!header) {
          this.#held = Buffer.from(bytes.subarray(at));
          return;
        }
        this.#header = Buffer.from(bytes.subarray(at, at + header.headerLength));
        this.#offset = start + at;
        end = at + header.headerLength + header.payloadLength;
      }
      this.#left = Math.max(0, end - bytes.length);
      // Lab 04 judges it, unmasks it, and calls #onFrame with its last byte.
      this.#parser.push(bytes.subarray(at, end));
      at = end;
    }
  }
  // #endregion read

  /** Tells a broken rule as an error, and ends this direction. */
  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#failed = true;
      this.#tell({ kind: 'error', message: error.message });
    }
  }

  #loseStep(): void {
    this.#inStep = false;
    this.#held = noBytes;
    this.#left = 0;
    this.#isDamaged = false;
    this.#parser = this.#makeParser();
    this.#dropMessage(true);
  }
  // #endregion

  // #region solution: frames to events and messages; what is lost with a damaged one
  // #region on-frame
  #onFrame(frame: Frame): void {
    const { fin, rsv1, opcode, masked, payload } = frame;
    const isWhole = !this.#isDamaged;
    this.#isDamaged = false;
    const seen: FrameSeen = {
      kind: 'frame',
      fin,
      rsv1,
      opcode: opcodeNames[opcode],
      masked,
      length: payload.length,
      offset: this.#offset,
      header: this.#header,
      payload: isWhole ? payload : undefined,
      type: undefined,
      compressed: undefined,
      code: undefined,
      reason: undefined,
    };
    if (opcode === Opcode.Close) this.#onClose(seen);
    else if (opcode > Opcode.Close) this.#tell(seen);
    else this.#onData(seen, frame, isWhole);
  }

  #onClose(seen: FrameSeen): void {
    try {
      const { code, reason } = decodeClosePayload(seen.payload ?? noBytes);
      // 1005 stands for a frame without a code, and never travels (RFC 6455 §7.4.1).
      if (code !== 1005) {
        seen.code = code;
        seen.reason = reason;
      }
      this.#tell(seen);
    } catch (error) {
      this.#tell(seen);
      throw error;
    }
  }

  #onData(seen: FrameSeen, frame: Frame, isWhole: boolean): void {
    const { fin, rsv1, opcode } = frame;
    if (opcode !== Opcode.Continuation) {
      this.#message = { type: opcode === Opcode.Text ? 'text' : 'binary', compressed: rsv1 };
      this.#isDropping = false;
    }
    const message = this.#message;
    seen.type = message?.type;
    seen.compressed = message?.compressed;
    this.#tell(seen);
    if (fin) this.#message = undefined;
    if (!isWhole) this.#dropMessage(message?.compressed ?? true);
    else if (message?.compressed && !this.#canInflate && !this.#isDropping) this.#refuseToInflate();

    if (this.#isDropping) {
      this.#isDropping = !fin;
      return;
    }
    const whole = this.#deflate ? this.#deflate.receive(frame) : frame;
    if (whole) this.#assembler.push(whole);
  }
  // #endregion on-frame

  /** Forgets the message at hand, for good if others may depend on it. */
  #dropMessage(isCompressed: boolean): void {
    this.#isDropping = true;
    this.#assembler = this.#makeAssembler();
    if (!isCompressed) return;
    this.#deflate = this.#makeDeflate();
    if (this.#keepsContext) this.#canInflate = false;
  }

  #refuseToInflate(): void {
    this.#isDropping = true;
    if (this.#hasRefused) return;
    this.#hasRefused = true;
    this.#tell({
      kind: 'error',
      message: 'this and later messages cannot be inflated: bytes before them are missing',
    });
  }

  // #region parts
  get #parserOptions(): FrameParserOptions {
    const { from, compression } = this.#options;
    const role = from === 'client' ? 'server' : 'client';
    return { role, maxPayloadLength: maxMessageLength, allowRsv1: compression !== undefined };
  }

  #makeParser(): FrameParser {
    return new FrameParser(this.#parserOptions, (frame) => this.#onFrame(frame));
  }

  #makeAssembler(): MessageAssembler {
    const ignore = () => {};
    return new MessageAssembler(
      {
        onMessage: (data, isBinary) =>
          this.#tell({ kind: 'message', type: isBinary ? 'binary' : 'text', data }),
        onPing: ignore,
        onPong: ignore,
        onClose: ignore,
      },
      { maxMessageLength, maxFragments: Number.MAX_SAFE_INTEGER },
    );
  }

  #makeDeflate(): PermessageDeflate | undefined {
    const { from, compression } = this.#options;
    if (compression === undefined || compression === 'unknown') return undefined;
    const role = from === 'client' ? 'server' : 'client';
    return new PermessageDeflate({
      role,
      parameters: compression,
      maxMessageLength,
      maxFragments: Number.MAX_SAFE_INTEGER,
    });
  }

  /** Whether a message may be compressed by what was said in those before it (RFC 7692 §7.1.1). */
  get #keepsContext(): boolean {
    const { from, compression } = this.#options;
    if (compression === undefined || compression === 'unknown') return true;
    return !(from === 'client' ? compression.clientNoContextTakeover : compression.serverNoContextTakeover);
  }
  // #endregion parts
  // #endregion
}
// #endregion frame-reader

// #region solution: constants of your own, if you like
const noBytes: Buffer = Buffer.alloc(0);
/** Bytes of a frame's payload, and of a message, inflated. */
const maxMessageLength = 16 * 1024 * 1024;
/** So many zeros stand in for missing bytes at once. */
const zerosLength = 64 * 1024;

const opcodeNames: Record<number, FrameSeen['opcode']> = {
  [Opcode.Continuation]: 'continuation',
  [Opcode.Text]: 'text',
  [Opcode.Binary]: 'binary',
  [Opcode.Close]: 'close',
  [Opcode.Ping]: 'ping',
  [Opcode.Pong]: 'pong',
};
// #endregion
