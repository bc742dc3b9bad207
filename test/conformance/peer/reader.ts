import { type RawFrame, xor } from './frame.ts';

/** The other side sent what RFC 6455 does not allow. */
export class Violation extends Error {
  override name = 'Violation';
}

/** A frame that came, unmasked. */
interface ReadFrame extends RawFrame {
  masked: boolean;
}

/**
 * Takes a stream apart into frames. It is strict about what one frame shows: minimal lengths, known opcodes
 * and short, whole control frames. What a frame means among others is the peer's business.
 */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes that must be there before another look makes sense: a header, or a frame of which the header came. */
  #needed = 2;

  /** @throws Violation, after the frames before it were handed out */
  *push(chunk: Buffer): Generator<ReadFrame> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    let at = 0;
    for (;;) {
      const end = frameEnd(bytes, at);
      if (end > bytes.length) {
        this.#needed = end - at;
        break;
      }
      yield readFrame(bytes.subarray(at, end));
      at = end;
    }
    this.#chunks = [bytes.subarray(at)];
    this.#length = bytes.length - at;
  }
}

/** Where the frame at `at` ends; with a header that is cut, how far one must see to know more. */
function frameEnd(bytes: Buffer, at: number): number {
  if (bytes.length < at + 2) return at + 2;
  const { headerLength, lengthOf } = headerShape(bytes[at + 1]);
  if (bytes.length < at + headerLength) return at + headerLength;
  return at + headerLength + lengthOf(bytes.subarray(at));
}

function headerShape(second: number): { headerLength: number; lengthOf: (frame: Buffer) => number } {
  const keyLength = second & 0x80 ? 4 : 0;
  const short = second & 0x7f;
  if (short === 126) return { headerLength: 4 + keyLength, lengthOf: (frame) => frame.readUInt16BE(2) };
  if (short === 127) {
    return { headerLength: 10 + keyLength, lengthOf: (frame) => Number(frame.readBigUInt64BE(2)) };
  }
  return { headerLength: 2 + keyLength, lengthOf: () => short };
}

function readFrame(bytes: Buffer): ReadFrame {
  const [first, second] = bytes;
  const { headerLength } = headerShape(second);
  const masked = (second & 0x80) !== 0;
  const body = bytes.subarray(headerLength);
  const frame: ReadFrame = {
    fin: (first & 0x80) !== 0,
    rsv: (first >> 4) & 7,
    opcode: first & 15,
    masked,
    payload: masked ? xor(body, bytes.subarray(headerLength - 4, headerLength)) : body,
  };
  const short = second & 0x7f;
  if ((short === 126 && body.length <= 125) || (short === 127 && body.length <= 0xffff)) {
    throw new Violation(`a length of ${body.length} was not written in its shortest form`);
  }
  if (![0, 1, 2, 8, 9, 10].includes(frame.opcode)) throw new Violation(`opcode ${frame.opcode} came`);
  if (frame.opcode >= 8 && !frame.fin) throw new Violation('a control frame came in fragments');
  if (frame.opcode >= 8 && body.length > 125) {
    throw new Violation(`a control frame of ${body.length} bytes came`);
  }
  return frame;
}
