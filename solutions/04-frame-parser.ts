import {
  applyMask,
  decodeHeader,
  type Frame,
  type FrameHeader,
  Opcode,
  ProtocolError,
} from '#labs/03-frames';

export interface FrameParserOptions {
  /** The side that parses: a server takes masked frames only, a client unmasked only (RFC 6455 §5.1). */
  role: 'server' | 'client';
  /** Largest payload of one frame, in bytes. Default: 1 MiB (1,048,576). */
  maxPayloadLength?: number;
  /** Whether an extension that uses RSV1 was negotiated. Default: false. */
  allowRsv1?: boolean;
}

// #region solution: constants of your own, if you like
const defaultMaxPayloadLength = 1024 * 1024;
const longestControlPayload = 125;
/** Bytes copied at once, and so what a payload of a few bytes can keep alive. */
const blockLength = 16 * 1024;
/** How many times the bytes that have come a payload may be given room for. */
const growth = 4;
const empty = Buffer.alloc(0);
/** The masking key of the frame at hand, for all parsers: nothing else runs while it is needed. */
const keyAtHand = new Uint8Array(4);

/** A frame whose payload the last chunk cut. */
interface CutFrame {
  header: FrameHeader;
  key: Uint8Array;
  /** Room for the payload, of which the first `received` bytes have come and are unmasked. */
  payload: Buffer;
  received: number;
}

type BufferViewClass = new (memory: ArrayBufferLike, byteOffset: number, length: number) => Buffer;
/** The class of every Buffer. It makes a view as `subarray` does, without checks that cost as much as a small frame. */
const BufferView = (Buffer as unknown as { [Symbol.species]: BufferViewClass })[Symbol.species];
// #endregion

/**
 * Takes a stream apart into frames, whatever chunks it comes in (RFC 6455 §5.2).
 *
 * A chunk is only read, and a payload handed out is a copy that is not touched again. The length in a header
 * is only a claim: room for a payload is made as it comes, at most four times what has come.
 */
export class FrameParser {
  // #region solution: fields: the options, and what has to be kept between two chunks: a header that is cut, a payload that is cut
  readonly #role: 'server' | 'client';
  readonly #maxPayloadLength: number;
  readonly #allowRsv1: boolean;
  readonly #onFrame: (frame: Frame) => void;
  #failed = false;

  /** The start of a header that the last chunk cut: 0 to 13 bytes. */
  #held = empty;
  #cut: CutFrame | undefined;
  // #endregion

  /** `onFrame` gets each frame once it is whole, in order, during `push`. */
  constructor(options: FrameParserOptions, onFrame: (frame: Frame) => void) {
    // #region solution: keep the options and the callback
    this.#role = options.role;
    this.#maxPayloadLength = options.maxPayloadLength ?? defaultMaxPayloadLength;
    this.#allowRsv1 = options.allowRsv1 ?? false;
    this.#onFrame = onFrame;
    // #endregion
  }

  // #region push
  /**
   * Takes the next bytes of the stream: any number, cut anywhere.
   *
   * @throws ProtocolError when the peer broke a rule, after the frames before that were handed out: 1002
   * for RSV bits without an extension (RFC 6455 §5.2), a reserved opcode (§5.2), a control frame that is
   * fragmented or longer than 125 bytes (§5.5), masking wrong for the role (§5.1) or a length that
   * `decodeHeader` refuses; 1009 for a payload over the limit, before any of it is read (§7.4.1).
   * After it threw, all further bytes are ignored.
   */
  push(chunk: Buffer): void {
    // #region solution: as long as there are bytes: complete a header and judge it, complete its payload, hand the frame out
    if (this.#failed) return;
    try {
      let at = 0;
      while (at < chunk.length) {
        at = this.#cut ? this.#readPayload(this.#cut, chunk, at) : this.#readFrames(chunk, at);
      }
    } catch (error) {
      this.#failed = true;
      throw error;
    }
    // #endregion
  }
  // #endregion push

  // #region solution: private methods of your own, if you like
  // #region read-frames
  /**
   * Copies a block of the chunk, and unmasks in the copy the frames that are whole in it: moving bytes is
   * quickest many at a time. Returns how far in the chunk it came.
   */
  #readFrames(chunk: Buffer, at: number): number {
    const held = this.#held;
    const block = Buffer.allocUnsafe(Math.min(held.length + chunk.length - at, blockLength));
    block.set(held);
    chunk.copy(block, held.length, at);
    this.#held = empty;
    const blockStart = at - held.length;
    const isLast = blockStart + block.length === chunk.length;
    const { buffer, byteOffset } = block;

    let start = 0;
    while (start < block.length) {
      const header = decodeHeader(block, start);
      if (!header) {
        if (!isLast) break;
        this.#held = Buffer.from(block.subarray(start));
        return chunk.length;
      }
      const payloadStart = start + header.headerLength;
      const end = payloadStart + header.payloadLength;
      // The next block begins with this frame, and may hold it whole.
      if (end > block.length && start > 0 && !isLast) break;

      this.#check(header);
      const { fin, rsv1, rsv2, rsv3, opcode, masked } = header;
      if (masked) readKey(block, payloadStart - 4);
      if (end > block.length) {
        this.#cut = { header, key: keyAtHand.slice(), payload: empty, received: 0 };
        return blockStart + payloadStart;
      }
      if (masked) applyMask(block, keyAtHand, payloadStart, end);
      const payload = new BufferView(buffer, byteOffset + payloadStart, end - payloadStart);
      this.#onFrame({ fin, rsv1, rsv2, rsv3, opcode, masked, payload });
      start = end;
    }
    return blockStart + start;
  }
  // #endregion read-frames

  // #region read-payload
  /** Takes what the chunk has of a payload that was cut. */
  #readPayload(cut: CutFrame, chunk: Buffer, at: number): number {
    const { payloadLength, headerLength, ...fields } = cut.header;
    const start = cut.received;
    const end = Math.min(payloadLength, start + chunk.length - at);
    makeRoom(cut, end);
    chunk.copy(cut.payload, start, at);
    if (fields.masked) applyMask(cut.payload, cut.key, start, end, start);
    cut.received = end;
    if (end === payloadLength) {
      this.#cut = undefined;
      this.#onFrame({ ...fields, payload: cut.payload });
    }
    return at + end - start;
  }
  // #endregion read-payload

  // #region check
  /** Judges a header before any of its payload is read. */
  #check({ fin, rsv1, rsv2, rsv3, opcode, masked, payloadLength }: FrameHeader): void {
    const isControl = opcode >= Opcode.Close;
    if ((rsv1 && !this.#allowRsv1) || rsv2 || rsv3) {
      throw new ProtocolError(1002, 'a reserved bit is set, and no extension uses it');
    }
    if (opcode > (isControl ? Opcode.Pong : Opcode.Binary)) {
      throw new ProtocolError(1002, `opcode ${opcode} is reserved`);
    }
    if (isControl && !fin) throw new ProtocolError(1002, 'a control frame must not be fragmented');
    if (isControl && payloadLength > longestControlPayload) {
      throw new ProtocolError(1002, `a control frame of ${payloadLength} bytes is over 125`);
    }
    if (masked !== (this.#role === 'server')) {
      throw new ProtocolError(1002, masked ? 'a server must not mask' : 'a client must mask');
    }
    if (payloadLength > this.#maxPayloadLength) {
      throw new ProtocolError(1009, `a payload of ${payloadLength} bytes is over ${this.#maxPayloadLength}`);
    }
  }
  // #endregion check
  // #endregion
}

// #region solution: helpers of your own, if you like
// #region make-room
/** Room for `needed` bytes of the payload; grown in big steps, so that few bytes are moved again. */
function makeRoom(cut: CutFrame, needed: number): void {
  if (needed <= cut.payload.length) return;
  const larger = Buffer.allocUnsafe(Math.min(cut.header.payloadLength, growth * needed));
  cut.payload.copy(larger, 0, 0, cut.received);
  cut.payload = larger;
}
// #endregion make-room

/** The key is four bytes read by index: a view of them costs more than reading them. */
function readKey(bytes: Buffer, at: number): void {
  for (let index = 0; index < 4; index++) keyAtHand[index] = bytes[at + index];
}
// #endregion
