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

// #region mask
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
  // #region solution: XOR each byte with the key byte of its place in the payload; a plain loop does (RFC 6455 §5.3)
  const shift = position - start;
  if (end - start < worthWords) {
    maskBytes(bytes, key, start, end, shift);
    return;
  }
  const firstWord = Math.ceil((bytes.byteOffset + start) / 4);
  const lastWord = Math.floor((bytes.byteOffset + end) / 4);
  const wordsStart = firstWord * 4 - bytes.byteOffset;
  const wordsEnd = lastWord * 4 - bytes.byteOffset;
  maskBytes(bytes, key, start, wordsStart, shift);
  maskWords(wordsOf(bytes), keyWord(key, wordsStart + shift), firstWord, lastWord);
  maskBytes(bytes, key, wordsEnd, end, shift);
  // #endregion
}
// #endregion mask

// #region encode-header
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
// #endregion encode-header

// #region encode-frame
/** Encodes a whole frame as one Buffer (RFC 6455 §5.2). The payload given is never changed. */
export function encodeFrame(frame: FrameToSend): Buffer {
  // #region solution: the header, then the payload, masked if there is a key (RFC 6455 §5.2, §5.3)
  const { payload, maskingKey } = frame;
  const header = encodeHeader(frame);
  const bytes = Buffer.allocUnsafe(header.length + payload.length);
  bytes.set(header);
  bytes.set(payload, header.length);
  if (maskingKey) applyMask(bytes, maskingKey, header.length);
  return bytes;
  // #endregion
}
// #endregion encode-frame

// #region decode-header
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
// #endregion decode-header

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
  if (header.masked) applyMask(payload, bytes.subarray(headerLength - 4, headerLength));
  return { frame: { ...fields, payload }, bytesRead };
  // #endregion
}

// #region solution: helpers of your own, if you like: what encodeHeader and decodeHeader both know of lengths, say
/** Bytes of length after the second byte of the header, by the 7 bits in it. */
function lengthBytes(short: number): number {
  return short === 126 ? 2 : short === 127 ? 8 : 0;
}

// #region long-length
/** Reads a length of two or eight bytes. */
function decodeLongLength(bytes: Buffer, at: number, short: number): number {
  if (short === 126) {
    const length = bytes.readUInt16BE(at);
    if (length < 126) throw new ProtocolError(1002, `a length of ${length} has to be in 7 bits`);
    return length;
  }
  const length = bytes.readBigUInt64BE(at);
  if (length >= 2n ** 63n) throw new ProtocolError(1002, 'the top bit of a 64-bit length has to be 0');
  if (length <= 0xffffn) throw new ProtocolError(1002, `a length of ${length} has to be in 7 or 16 bits`);
  if (length > Number.MAX_SAFE_INTEGER)
    throw new ProtocolError(1009, `no room for a payload of ${length} bytes`);
  return Number(length);
}
// #endregion long-length

/** From this many bytes on, masking four at a time is quicker than one by one. */
const worthWords = 32;

// #region mask-bytes
/** Masks byte by byte. `shift` leads from an index in `bytes` to the place in the payload. */
function maskBytes(bytes: Uint8Array, key: Uint8Array, start: number, end: number, shift: number): void {
  // Four a turn: the key's bytes are looked up once.
  const first = start + shift;
  const [a, b, c, d] = [key[first & 3], key[(first + 1) & 3], key[(first + 2) & 3], key[(first + 3) & 3]];
  let at = start;
  for (; at < end - 3; at += 4) {
    bytes[at] ^= a;
    bytes[at + 1] ^= b;
    bytes[at + 2] ^= c;
    bytes[at + 3] ^= d;
  }
  for (; at < end; at++) bytes[at] ^= key[(at + shift) & 3];
}
// #endregion mask-bytes

/** Masks four bytes at a time. Eight words a turn: the loop itself costs as much as an XOR. */
function maskWords(words: Int32Array, key: number, start: number, end: number): void {
  let at = start;
  for (; at < end - 7; at += 8) {
    words[at] ^= key;
    words[at + 1] ^= key;
    words[at + 2] ^= key;
    words[at + 3] ^= key;
    words[at + 4] ^= key;
    words[at + 5] ^= key;
    words[at + 6] ^= key;
    words[at + 7] ^= key;
  }
  for (; at < end; at++) words[at] ^= key;
}

const keyBytes = new Uint8Array(4);
const keyWords = new Int32Array(keyBytes.buffer);

/** The key as one word, beginning with the byte for `position`; right on machines of either byte order. */
function keyWord(key: Uint8Array, position: number): number {
  for (let index = 0; index < 4; index++) keyBytes[index] = key[(position + index) & 3];
  return keyWords[0];
}

/** Up to this many bytes a buffer holds several small payloads; what is larger is taken for one payload. */
const sharedLength = 16 * 1024;
let lastBytes: Uint8Array | undefined;
let lastBuffer: ArrayBufferLike | undefined;
let lastWords: Int32Array;

/**
 * The memory under these bytes, seen as words. Many frames lie in one block and many blocks in one buffer; a
 * view costs more than masking 100 bytes, and asking for `buffer` half as much.
 */
function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes === lastBytes) return lastWords;
  const { buffer } = bytes;
  if (buffer === lastBuffer) return lastWords;
  const words = new Int32Array(buffer, 0, buffer.byteLength >> 2);
  // A large one is one payload: it will not come again, and must not be kept from the garbage collector.
  if (buffer.byteLength <= sharedLength) {
    lastBytes = bytes;
    lastBuffer = buffer;
    lastWords = words;
  }
  return words;
}
// #endregion
