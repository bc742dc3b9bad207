import { Unfinished } from '../workbook/unfinished.ts';

/** What a frame is for (RFC 6455 §5.2). 3–7 and 11–15 are reserved; from 8 on it is a control frame (§5.5). */
export const Opcode = {
  Continuation: 0,
  Text: 1,
  Binary: 2,
  Close: 8,
  Ping: 9,
  Pong: 10,
} as const;

/** What the first two bytes of a frame say besides its length (RFC 6455 §5.2). */
export interface FrameFields {
  /** True for the last frame of a message, and for the only one. */
  fin: boolean;
  /** The reserved bits: 0 unless an extension gives them a meaning. */
  rsv1: boolean;
  rsv2: boolean;
  rsv3: boolean;
  /** 0–15: one of `Opcode`, or a reserved one. */
  opcode: number;
  /** True when it is masked on the wire, as every frame of a client must be (RFC 6455 §5.1). */
  masked: boolean;
}

/** All that comes before the payload (RFC 6455 §5.2). When masked, its last four bytes are the masking key. */
export interface FrameHeader extends FrameFields {
  /** Bytes before the payload: 2–14. */
  headerLength: number;
  /** Bytes of payload the sender claims: 0 to `Number.MAX_SAFE_INTEGER`. */
  payloadLength: number;
}

/** One frame as it came. */
export interface Frame extends FrameFields {
  /** Never masked any more. */
  payload: Buffer;
}

/** One frame to put on the wire. */
export interface FrameToSend {
  /** 0–15. */
  opcode: number;
  payload: Uint8Array;
  /** Default: true. */
  fin?: boolean;
  /** Default: false. */
  rsv1?: boolean;
  /** Four bytes: the frame is masked with them. Without a key it is not masked. */
  maskingKey?: Uint8Array;
}

/** The other side broke a rule: the connection has to fail, with this code (RFC 6455 §7.1.7). */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
  /** 1002 protocol error, 1007 text that is not UTF-8, 1009 too big (RFC 6455 §7.4.1). */
  readonly closeCode: number;

  constructor(closeCode: number, message: string) {
    super(message);
    this.closeCode = closeCode;
  }
}

/**
 * Masks `bytes` from `start` up to, not including, `end` in place, or unmasks them: it is the same operation
 * (RFC 6455 §5.3). Byte `i` of the payload is XORed with `key[i % 4]`; `position` is the place of
 * `bytes[start]` in the payload, for a payload that comes in pieces. `key` is four bytes.
 */
export function applyMask(
  bytes: Uint8Array,
  key: Uint8Array,
  start = 0,
  end = bytes.length,
  position = 0,
): void {
  // TODO: XOR each byte with the key byte of its place in the payload; a plain loop does (RFC 6455 §5.3)
  throw new Unfinished('03-frames: applyMask');
}

/**
 * Encodes a frame's header, with the masking key if there is one; the payload's length goes in, not the
 * payload (RFC 6455 §5.2). For a large payload that is written after it uncopied.
 */
export function encodeHeader(frame: FrameToSend): Buffer {
  // TODO: FIN, RSV1 and opcode in byte 0, MASK and length in byte 1, the longer lengths in 2 or 8 bytes more, then the key (RFC 6455 §5.2)
  throw new Unfinished('03-frames: encodeHeader');
}

/** Encodes a whole frame as one Buffer (RFC 6455 §5.2). The payload given is never changed. */
export function encodeFrame(frame: FrameToSend): Buffer {
  // TODO: the header, then the payload, masked if there is a key (RFC 6455 §5.2, §5.3)
  throw new Unfinished('03-frames: encodeFrame');
}

/**
 * Decodes the header that starts at `bytes[start]`, or returns undefined while it is not all there. Bytes
 * from `end` on are not looked at. Reserved bits and opcodes are passed on as they are: whether they are
 * allowed depends on the connection, and a streaming parser judges it (lab 04).
 *
 * @throws ProtocolError 1002 for a length not in its shortest form, or with its top bit set (RFC 6455 §5.2);
 * 1009 for one above `Number.MAX_SAFE_INTEGER`.
 */
export function decodeHeader(bytes: Buffer, start = 0, end = bytes.length): FrameHeader | undefined {
  // TODO: two bytes tell how long the header is; then read the length in 7 bits, 2 or 8 bytes, and refuse what §5.2 forbids
  throw new Unfinished('03-frames: decodeHeader');
}

/**
 * Decodes the frame that `bytes` begin with; `bytesRead` is where the next one starts. Returns undefined
 * while it is not all there. `bytes` are only read, and the payload is a copy.
 *
 * @throws ProtocolError as `decodeHeader` does, as soon as the header is there.
 */
export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  // TODO: the header, then as many bytes as it says, unmasked if it says so; undefined if they are not there yet
  throw new Unfinished('03-frames: decodeFrame');
}

// TODO: helpers of your own, if you like: what encodeHeader and decodeHeader both know of lengths, say
