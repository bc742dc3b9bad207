export interface Frame {
  fin: boolean;
  opcode: number;
  payload: Buffer;
}

/** A broken rule, and the close code that says so. */
export class ProtocolError extends Error {
  readonly closeCode: number;

  constructor(closeCode: number, message: string) {
    super(message);
    this.closeCode = closeCode;
  }
}

/** The server's side: masked frames, no extensions. Takes the stream in whatever chunks it comes. */
export class FrameParser {
  readonly #onFrame: (frame: Frame) => void;
  readonly #maxPayload: number;
  #chunks: Buffer[] = [];
  #size = 0;
  /** Nothing can be decided before there are so many bytes. */
  #needed = 2;
  #failed = false;

  constructor(onFrame: (frame: Frame) => void, maxPayload = 1024 * 1024) {
    this.#onFrame = onFrame;
    this.#maxPayload = maxPayload;
  }

  push(chunk: Buffer): void {
    if (this.#failed) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    try {
      while (this.#size >= this.#needed) this.#step();
    } catch (error) {
      this.#failed = true;
      this.#chunks = [];
      throw error;
    }
  }

  #step(): void {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#size);
    this.#chunks = [bytes];

    const short = bytes[1] & 0x7f;
    const keyAt = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    checkFirstBytes(bytes);
    if (bytes.length < keyAt + 4) {
      this.#needed = keyAt + 4;
      return;
    }

    const length = readLength(bytes, short);
    if (length > this.#maxPayload) throw new ProtocolError(1009, `a payload of ${length} bytes`);
    const end = keyAt + 4 + Number(length);
    if (bytes.length < end) {
      this.#needed = end;
      return;
    }

    const payload = Buffer.from(bytes.subarray(keyAt + 4, end));
    for (let i = 0; i < payload.length; i++) payload[i] ^= bytes[keyAt + (i % 4)];
    // A view of nothing would keep the whole chunk.
    this.#chunks = end < bytes.length ? [bytes.subarray(end)] : [];
    this.#size -= end;
    this.#needed = 2;
    this.#onFrame({ fin: (bytes[0] & 0x80) !== 0, opcode: bytes[0] & 0x0f, payload });
  }
}

/** What two bytes can tell: judged before the rest is waited for. */
function checkFirstBytes([first, second]: Buffer): void {
  const opcode = first & 0x0f;
  const isControl = opcode >= 8;
  if (first & 0x70) throw new ProtocolError(1002, 'a reserved bit is set');
  if (opcode > (isControl ? 10 : 2)) throw new ProtocolError(1002, `opcode ${opcode} is reserved`);
  if (!(second & 0x80)) throw new ProtocolError(1002, 'a client must mask');
  if (isControl && !(first & 0x80)) throw new ProtocolError(1002, 'a fragmented control frame');
  if (isControl && (second & 0x7f) > 125) throw new ProtocolError(1002, 'a long control frame');
}

/** As a bigint, so that the limit is compared before anything is rounded. */
function readLength(bytes: Buffer, short: number): bigint {
  if (short < 126) return BigInt(short);
  const length = short === 126 ? BigInt(bytes.readUInt16BE(2)) : bytes.readBigUInt64BE(2);
  if (length < (short === 126 ? 126n : 65_536n)) throw new ProtocolError(1002, 'not the shortest length');
  if (length >= 1n << 63n) throw new ProtocolError(1002, 'the top bit of a length is set');
  return length;
}
