import { Duplex } from 'node:stream';

/** Tells a Writable that the system has taken its bytes. */
type Taken = (error?: Error | null) => void;

/**
 * A socket with no network: what the program under test writes is recorded, what it is to read is given by
 * the test. Like a TCP socket it can be half closed, can be full, and can break.
 */
export class TestSocket extends Duplex {
  /** What reached the system: one entry a write, with the buffers that were given to it at once. */
  readonly writes: Uint8Array[][] = [];
  /** True once the program has ended its direction (FIN). */
  hasEnded = false;
  #full = false;
  #waiting: Taken | undefined;

  constructor() {
    super({ allowHalfOpen: true, highWaterMark: 16 * 1024 });
  }

  /** All bytes written so far. */
  get written(): Buffer {
    return Buffer.concat(this.writes.flat());
  }

  /** Bytes come from the peer, as one chunk. */
  receive(bytes: Uint8Array): void {
    this.push(bytes);
  }

  /** The peer ends its direction (FIN). */
  receiveEnd(): void {
    this.push(null);
  }

  /** From now on the system takes no more bytes, for the peer does not read. */
  fill(): void {
    this.#full = true;
  }

  /** The peer reads again: what waits is taken. */
  empty(): void {
    this.#full = false;
    const taken = this.#waiting;
    this.#waiting = undefined;
    taken?.();
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, taken: Taken): void {
    this.#take([chunk], taken);
  }

  override _writev(chunks: { chunk: Uint8Array }[], taken: Taken): void {
    this.#take(
      chunks.map(({ chunk }) => chunk),
      taken,
    );
  }

  override _final(done: Taken): void {
    this.hasEnded = true;
    done();
  }

  #take(buffers: Uint8Array[], taken: Taken): void {
    this.writes.push(buffers);
    if (this.#full) this.#waiting = taken;
    else process.nextTick(taken);
  }
}
