import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib';
import { Violation } from './reader.ts';

/** How one direction is compressed. */
export interface Direction {
  /** Base-2 logarithm of the window, 9 to 15. */
  windowBits: number;
  /** Each message stands alone (RFC 7692 §7.1.1). */
  noContextTakeover: boolean;
}

/** What ends a message of DEFLATE and does not travel (RFC 7692 §7.2.1). */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** Compresses and inflates by two zlib streams that live as long as the connection: zlib itself is the judge. */
export class MessageDeflate {
  readonly #out: Direction;
  readonly #in: Direction;
  readonly #deflate: DeflateRaw;
  readonly #inflate: InflateRaw;

  constructor(outgoing: Direction, incoming: Direction) {
    this.#out = outgoing;
    this.#in = incoming;
    this.#deflate = createDeflateRaw({ windowBits: outgoing.windowBits });
    this.#inflate = createInflateRaw({ windowBits: incoming.windowBits });
  }

  async deflate(message: Buffer): Promise<Buffer> {
    const bytes = await through(this.#deflate, [message]);
    if (this.#out.noContextTakeover) this.#deflate.reset();
    return bytes.subarray(0, -tail.length);
  }

  /** @throws Violation for what is no DEFLATE, or reaches back farther than was agreed. */
  async inflate(payload: Buffer): Promise<Buffer> {
    try {
      return await through(this.#inflate, [payload, tail]);
    } catch (error) {
      throw new Violation(`a message does not inflate: ${(error as Error).message}`);
    } finally {
      if (this.#in.noContextTakeover) this.#inflate.reset();
    }
  }

  /** Gives the memory of both streams back. */
  close(): void {
    this.#deflate.close();
    this.#inflate.close();
  }
}

/** Writes and flushes; what came out until then. */
function through(stream: DeflateRaw | InflateRaw, input: Buffer[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const take = (piece: Buffer) => pieces.push(piece);
    stream.on('data', take).once('error', reject);
    for (const bytes of input) stream.write(bytes);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off('data', take).off('error', reject);
      resolve(Buffer.concat(pieces));
    });
  });
}
