import { applyMask, decodeHeader, type Frame, type FrameHeader, ProtocolError } from '#labs/03-frames';

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
const firstControlOpcode = 8;
const longestHeader = 14;
const longestControlPayload = 125;
// #endregion

/**
 * Takes a stream apart into frames, whatever chunks it comes in (RFC 6455 §5.2).
 *
 * A chunk is never written to and never kept. A payload handed out is the receiver's own. What a header
 * claims is not believed: memory is taken as payload arrives, never more than twice as much.
 */
export class FrameParser {
  // #region solution: fields for what must be kept between two chunks: a header that is cut, a payload that is cut
  readonly #options: FrameParserOptions;
  readonly #onFrame: (frame: Frame) => void;
  #failed = false;

  /** The start of a header that the chunk's end cut. */
  readonly #spill = Buffer.alloc(longestHeader);
  #spilled = 0;

  /** The header of the frame whose payload is on its way. */
  #header: FrameHeader | undefined;
  readonly #key = Buffer.alloc(4);
  #payload = Buffer.alloc(0);
  #received = 0;
  // #endregion

  /** `onFrame` gets each frame once it is whole, in order, during `push`. */
  constructor(options: FrameParserOptions, onFrame: (frame: Frame) => void) {
    // #region solution: keep the options and the callback
    this.#options = options;
    this.#onFrame = onFrame;
    // #endregion
  }

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
    // #region solution: while there are bytes: complete a header, then its payload, then hand the frame out
    if (this.#failed) return;
    this.#failed = true;
    let at = 0;
    while (at < chunk.length) {
      if (!this.#header) at = this.#readHeader(chunk, at);
      if (this.#header) at = this.#readPayload(chunk, at, this.#header);
    }
    this.#failed = false;
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  #readHeader(chunk: Buffer, at: number): number {
    if (this.#spilled === 0) {
      const header = decodeHeader(chunk, at);
      if (header) {
        this.#beginFrame(header, chunk, at);
        return at + header.headerLength;
      }
    }
    this.#spill[this.#spilled++] = chunk[at];
    const header = decodeHeader(this.#spill, 0, this.#spilled);
    if (header) {
      this.#beginFrame(header, this.#spill, 0);
      this.#spilled = 0;
    }
    return at + 1;
  }

  #beginFrame(header: FrameHeader, bytes: Buffer, start: number): void {
    this.#checkHeader(header);
    this.#header = header;
    if (header.masked) {
      const keyStart = start + header.headerLength - 4;
      for (let index = 0; index < 4; index++) this.#key[index] = bytes[keyStart + index];
    }
  }

  #checkHeader({ fin, rsv1, rsv2, rsv3, opcode, masked, payloadLength }: FrameHeader): void {
    const { role, maxPayloadLength = defaultMaxPayloadLength, allowRsv1 = false } = this.#options;
    if ((rsv1 && !allowRsv1) || rsv2 || rsv3)
      throw new ProtocolError(1002, 'reserved bits without an extension');
    if ((opcode > 2 && opcode < firstControlOpcode) || opcode > 10) {
      throw new ProtocolError(1002, `reserved opcode ${opcode}`);
    }
    if (opcode >= firstControlOpcode) {
      if (!fin) throw new ProtocolError(1002, 'a control frame must not be fragmented');
      if (payloadLength > longestControlPayload) {
        throw new ProtocolError(1002, `a control frame of ${payloadLength} bytes is over 125`);
      }
    }
    if (masked !== (role === 'server')) {
      throw new ProtocolError(
        1002,
        masked ? 'a server must not mask its frames' : 'a client must mask its frames',
      );
    }
    if (payloadLength > maxPayloadLength) {
      throw new ProtocolError(
        1009,
        `a payload of ${payloadLength} bytes is over the limit of ${maxPayloadLength}`,
      );
    }
  }

  #readPayload(chunk: Buffer, at: number, header: FrameHeader): number {
    const { payloadLength, masked } = header;
    const end = Math.min(chunk.length, at + payloadLength - this.#received);
    this.#makeRoom(this.#received + end - at, payloadLength);
    if (masked) applyMask(chunk, this.#key, this.#payload, this.#received, at, end);
    else chunk.copy(this.#payload, this.#received, at, end);
    this.#received += end - at;
    if (this.#received === payloadLength) this.#finishFrame(header);
    return end;
  }

  #makeRoom(needed: number, payloadLength: number): void {
    if (needed <= this.#payload.length) return;
    const larger = Buffer.allocUnsafe(Math.min(payloadLength, Math.max(needed, 2 * this.#payload.length)));
    this.#payload.copy(larger, 0, 0, this.#received);
    this.#payload = larger;
  }

  #finishFrame({ fin, rsv1, rsv2, rsv3, opcode, masked }: FrameHeader): void {
    const payload = this.#payload;
    this.#header = undefined;
    this.#payload = Buffer.alloc(0);
    this.#received = 0;
    this.#onFrame({ fin, rsv1, rsv2, rsv3, opcode, masked, payload });
  }
  // #endregion
}
