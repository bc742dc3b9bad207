/** What a frame is for (RFC 6455 §5.2). 3–7 and 11–15 are reserved; from 8 on it is a control frame (§5.5). */
export const Opcode = {
  Continuation: 0,
  Text: 1,
  Binary: 2,
  Close: 8,
  Ping: 9,
  Pong: 10,
} as const;

/** What the first 2 to 14 bytes of a frame say, all that comes before the payload (RFC 6455 §5.2). */
export interface FrameHeader {
  /** True for the last frame of a message, and for the only one. */
  fin: boolean;
  /** Bits an extension may use; without one they are 0. */
  rsv1: boolean;
  rsv2: boolean;
  rsv3: boolean;
  /** 0–15: `Opcode`, or one of the reserved. */
  opcode: number;
  /** True when a masking key is there. It is the header's last four bytes. */
  masked: boolean;
  /** Bytes before the payload: 2–14. */
  headerLength: number;
  /** Bytes of payload the sender claims: 0 to `Number.MAX_SAFE_INTEGER`. */
  payloadLength: number;
}

/** One frame as it came. */
export interface Frame {
  /** True for the last frame of a message, and for the only one. */
  fin: boolean;
  /** Bits an extension may use; without one they are 0. */
  rsv1: boolean;
  rsv2: boolean;
  rsv3: boolean;
  /** 0–15: `Opcode`, or one of the reserved. */
  opcode: number;
  /** True when it was masked on the wire, as every frame of a client must be (RFC 6455 §5.1). */
  masked: boolean;
  /** The payload, unmasked. */
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
 * Masks payload bytes, or unmasks them: it is the same operation (RFC 6455 §5.3).
 *
 * Reads `source[start]` up to, not including, `source[end]`, and writes to `target[position]` and on.
 * `position` is the place of these bytes in the payload, so it picks the key byte too:
 * `target[position + i] = source[start + i] XOR key[(position + i) % 4]`. A payload that comes in pieces is
 * thus unmasked while it is copied together. `source` is only read; `key` is four bytes.
 */
export function applyMask(
  source: Uint8Array,
  key: Uint8Array,
  target: Uint8Array,
  position = 0,
  start = 0,
  end = source.length,
): void {
  // #region solution: XOR each byte with the key byte of its place in the payload (RFC 6455 §5.3)
  for (let at = start; at < end; at++, position++) {
    target[position] = source[at] ^ key[position & 3];
  }
  // #endregion
}

/**
 * Encodes a frame's header, with the masking key if there is one; the payload's length goes in, not the
 * payload (RFC 6455 §5.2). For a large payload that is written after it uncopied.
 */
export function encodeHeader(frame: FrameToSend): Buffer {
  // #region solution: FIN, RSV1 and opcode in byte 0, MASK and length in byte 1, the longer lengths in 2 or 8 bytes more, then the key (RFC 6455 §5.2)
  const { opcode, payload, fin = true, rsv1 = false, maskingKey } = frame;
  const short = payload.length < 126 ? payload.length : payload.length < 0x1_00_00 ? 126 : 127;
  const keyStart = 2 + lengthBytes(short);
  const header = Buffer.allocUnsafe(keyStart + (maskingKey ? 4 : 0));
  header[0] = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  header[1] = (maskingKey ? 0x80 : 0) | short;
  if (short === 126) header.writeUInt16BE(payload.length, 2);
  if (short === 127) header.writeBigUInt64BE(BigInt(payload.length), 2);
  if (maskingKey) header.set(maskingKey, keyStart);
  return header;
  // #endregion
}

/** Encodes a whole frame as one Buffer (RFC 6455 §5.2). The payload given is never changed. */
export function encodeFrame(frame: FrameToSend): Buffer {
  // #region solution: the header, then the payload, masked if there is a key (RFC 6455 §5.2, §5.3)
  const { payload, maskingKey } = frame;
  const header = encodeHeader(frame);
  const bytes = Buffer.allocUnsafe(header.length + payload.length);
  bytes.set(header);
  if (maskingKey) applyMask(payload, maskingKey, bytes.subarray(header.length));
  else bytes.set(payload, header.length);
  return bytes;
  // #endregion
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
  // #region solution: two bytes tell how long the header is; then read the length in 7 bits, 2 or 8 bytes, and refuse what §5.2 forbids
  if (end - start < 2) return undefined;
  const first = bytes[start];
  const second = bytes[start + 1];
  const masked = second >= 0x80;
  const short = second & 0x7f;
  const headerLength = 2 + lengthBytes(short) + (masked ? 4 : 0);
  if (end - start < headerLength) return undefined;
  return {
    fin: first >= 0x80,
    rsv1: (first & 0x40) !== 0,
    rsv2: (first & 0x20) !== 0,
    rsv3: (first & 0x10) !== 0,
    opcode: first & 0x0f,
    masked,
    headerLength,
    payloadLength: short < 126 ? short : decodeLongLength(bytes, start + 2, short),
  };
  // #endregion
}

/**
 * Decodes the frame that `bytes` begin with; `bytesRead` is where the next one starts. Returns undefined
 * while it is not all there. `bytes` are only read, and the payload is a copy.
 *
 * @throws ProtocolError as `decodeHeader` does, as soon as the header is there.
 */
export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  // #region solution: the header, then as many bytes as it says, unmasked if it says so; undefined if they are not there yet
  const header = decodeHeader(bytes);
  if (!header) return undefined;
  const { headerLength, payloadLength, ...fields } = header;
  const bytesRead = headerLength + payloadLength;
  if (bytes.length < bytesRead) return undefined;
  const payload = Buffer.from(bytes.subarray(headerLength, bytesRead));
  if (header.masked) applyMask(payload, bytes.subarray(headerLength - 4, headerLength), payload);
  return { frame: { ...fields, payload }, bytesRead };
  // #endregion
}

// #region solution: helpers of your own, if you like: what encodeHeader and decodeHeader both need to know of lengths
/** Bytes of length after the second byte of the header, by the 7 bits in it. */
function lengthBytes(short: number): number {
  return short === 126 ? 2 : short === 127 ? 8 : 0;
}

/** Reads a length of two or eight bytes. */
function decodeLongLength(bytes: Buffer, at: number, short: number): number {
  if (short === 126) {
    const length = bytes.readUInt16BE(at);
    if (length < 126) throw new ProtocolError(1002, `${length} bytes of payload fit the 7-bit length`);
    return length;
  }
  const length = bytes.readBigUInt64BE(at);
  if (length >= 2n ** 63n) throw new ProtocolError(1002, 'the top bit of a 64-bit length must be 0');
  if (length <= 0xffffn) throw new ProtocolError(1002, `${length} bytes of payload fit the 16-bit length`);
  if (length > Number.MAX_SAFE_INTEGER)
    throw new ProtocolError(1009, `a payload of ${length} bytes is too big`);
  return Number(length);
}
// #endregion
