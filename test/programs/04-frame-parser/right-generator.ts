// Right, and reads like RFC 6455 §5.2: a generator asks for the next bytes; a loop finds them in the chunks.
import { applyMask, type Frame, ProtocolError } from '#labs/03-frames';
import type { FrameParserOptions } from '../../../solutions/04-frame-parser.ts';

// #region generator
/** Yields how many bytes it needs next and is given them; each turn of its loop is one frame. */
function* readFrames(
  options: FrameParserOptions,
  onFrame: (frame: Frame) => void,
): Generator<number, void, Buffer> {
  const { role, maxPayloadLength = 1024 * 1024, allowRsv1 = false } = options;
  while (true) {
    const [first, second] = yield 2;
    const [fin, rsv1, rsv2, rsv3] = [0x80, 0x40, 0x20, 0x10].map((bit) => (first & bit) !== 0);
    const opcode = first & 0x0f;
    const masked = (second & 0x80) !== 0;
    const short = second & 0x7f;
    require((!rsv1 || allowRsv1) && !rsv2 && !rsv3, 'reserved bits without an extension');
    require([0, 1, 2, 8, 9, 10].includes(opcode), `reserved opcode ${opcode}`);
    require(opcode < 8 || (fin && short <= 125), 'a control frame is one frame, of 125 bytes at most');
    require(masked === (role === 'server'), 'masking wrong for the role');

    let length = short;
    if (short === 126) {
      length = (yield 2).readUInt16BE();
      require(length > 125, 'a length not in its shortest form');
    } else if (short === 127) {
      const long = (yield 8).readBigUInt64BE();
      require(long > 0xffffn &&
        long < 2n ** 63n, 'a length not in its shortest form, or with its top bit set');
      length = Number(long);
    }
    if (length > Math.min(maxPayloadLength, Number.MAX_SAFE_INTEGER))
      throw new ProtocolError(1009, `a payload of ${length} bytes is over the limit`);

    const key = masked ? yield 4 : undefined;
    const bytes = yield length;
    const payload = Buffer.from(bytes);
    if (key) applyMask(payload, key);
    onFrame({ fin, rsv1, rsv2, rsv3, opcode, masked, payload });
  }
}

function require(rule: boolean, message: string): void {
  if (!rule) throw new ProtocolError(1002, message);
}
// #endregion generator

const empty = Buffer.alloc(0);

export class FrameParser {
  readonly #frames: Generator<number, void, Buffer>;
  /** Bytes that came and were not asked for yet. */
  #chunks: Buffer[] = [];
  #available = 0;
  #needed: number;
  #failed = false;

  constructor(options: FrameParserOptions, onFrame: (frame: Frame) => void) {
    this.#frames = readFrames(options, onFrame);
    this.#needed = this.#next(empty);
  }

  push(chunk: Buffer): void {
    if (this.#failed) return;
    this.#chunks.push(chunk);
    this.#available += chunk.length;
    this.#failed = true;
    while (this.#available >= this.#needed) this.#needed = this.#next(this.#take(this.#needed));
    this.#failed = false;
  }

  /** Gives the generator what it asked for; returns how much it needs next. */
  #next(bytes: Buffer): number {
    return this.#frames.next(bytes).value ?? 0;
  }

  #take(length: number): Buffer {
    const joined = this.#chunks[0]?.length >= length ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const rest = joined.subarray(length);
    if (joined !== this.#chunks[0]) this.#chunks = [rest];
    else if (rest.length > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    this.#available -= length;
    return joined.subarray(0, length);
  }
}
