import { decodeHeader, type Frame, Opcode, ProtocolError } from '#labs/03-frames';
import { FrameParser, type FrameParserOptions } from '#labs/04-frame-parser';
import { decodeClosePayload, MessageAssembler } from '#labs/05-messages';
import { type DeflateParameters, PermessageDeflate } from '#labs/07-compression';
import { Unfinished } from '../workbook/unfinished.ts';

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

/**
 * Finds the TCP segment in a packet: through the link layer, IPv4 (RFC 791 §3.1) or IPv6 with its extension
 * headers (RFC 8200 §4), to TCP (RFC 9293 §3.1). Returns undefined for a packet of anything else. The payload
 * ends where IP says: what comes after it is padding. It is a view of the packet's bytes.
 *
 * @throws PacketError for a link type not in `LinkType`, a fragment of an IP packet, a packet captured only up
 * to somewhere in its headers, and headers that contradict each other.
 */
export function readSegment(packet: Packet): Segment | undefined {
  // TODO: find where IP begins (by link type), where TCP begins and where it ends (by IP), then read TCP's header
  throw new Unfinished('09-wire: readSegment');
}

// TODO: one function for each layer, say; and one that says when the capture ends within a header

/**
 * Puts the bytes of one direction of a TCP connection back in order (RFC 9293 §3.4): handed out once each,
 * the first copy of a byte that came. It begins with the SYN, or with the first payload if it sees no SYN.
 *
 * A hole waits for a retransmission. It becomes a gap when the receiver acknowledged bytes behind it, for then
 * nobody sends them again; or when more than 4 MiB wait behind it.
 */
export class Reassembler {
  // TODO: fields: the number of the next byte, what waits behind a hole, where the FIN is

  constructor(sink: ByteSink) {
    // TODO: keep the sink
    throw new Unfinished('09-wire: constructor');
  }

  /** Takes the next segment of this direction, in the order of the capture. */
  push(segment: Segment): void {
    // TODO: drop what was handed out already (mind the wrap at 2³²), hand out what is next, hold what is early
    throw new Unfinished('09-wire: push');
  }

  /** The other side acknowledged all bytes before `ack`. */
  acknowledge(ack: number): void {
    // TODO: a hole before `ack` will not be filled any more
    throw new Unfinished('09-wire: acknowledge');
  }

  /** Nothing more will come: hands out what waits, a gap for each hole. */
  end(): void {
    // TODO: as if all had been acknowledged
    throw new Unfinished('09-wire: end');
  }

  // TODO: the ways a piece can go: out, on hold, cut where it overlaps; helpers for arithmetic modulo 2³²
}

// TODO: what a piece is, and arithmetic with sequence numbers

/**
 * Whether the bytes of a segment, `cut` more of which were not captured, are legal frames and nothing else: the
 * first begins with the first byte, the last ends with the last. Only headers are looked at. Bytes that are not
 * frames hardly ever pass.
 */
export function holdsWholeFrames(bytes: Buffer, cut: number, options: FrameParserOptions): boolean {
  // TODO: go from header to header (lab 03): is each legal, as lab 04 judges it, and does the last payload end where the segment ends?
  throw new Unfinished('09-wire: holdsWholeFrames');
}

export interface FrameReaderOptions {
  /** Whose frames these are: a client's are masked (RFC 6455 §5.1). */
  from: Side;
  /** What the handshake agreed on; `'unknown'` if it is not in the capture. Default: no compression. */
  compression?: DeflateParameters | 'unknown';
  /** False if the first byte may be any: the frames must be found first. Default: true. */
  inStep?: boolean;
}

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
  // TODO: fields: the parser (lab 04) and the assembler (lab 05), how much of a payload is still to come, what was lost

  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    // TODO: keep the options; make a parser and an assembler, and a PermessageDeflate if compression was agreed on
    throw new Unfinished('09-wire: constructor');
  }

  /**
   * Takes the next bytes, at most one segment's; `cut` more belong after them and were not captured, which
   * is told as a gap. Tells each frame when its last byte is there, then the message it completes. After
   * a broken rule it tells an error, and then nothing more.
   */
  push(bytes: Buffer, cut = 0): void {
    // TODO: if out of step, see whether this segment is frames from end to end; then frame by frame to the parser
    throw new Unfinished('09-wire: push');
  }

  /** `missing` bytes are not in the capture. */
  gap(missing: number): void {
    // TODO: tell it; if all of it lies in a payload, stay in step: push zeros in its place, and drop that payload
    throw new Unfinished('09-wire: gap');
  }

  // TODO: bytes to frames: where each begins, so that a hole in one does not cost the next

  // TODO: frames to events and messages; what is lost with a damaged one
}

// TODO: constants of your own, if you like
