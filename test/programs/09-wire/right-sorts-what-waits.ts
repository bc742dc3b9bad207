// Right, with plain numbers: sequence numbers are unrolled past 2³², and what waits is sorted, then walked through.
import type { ByteSink, Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

interface Piece {
  start: number;
  end: number;
  bytes: Buffer;
}

const turn = 2 ** 32;

export class Reassembler {
  readonly #sink: ByteSink;
  /** All positions are unrolled: they only grow, by one a byte. */
  #next = Number.NaN;
  #acknowledged = -1;
  #fin = Number.POSITIVE_INFINITY;
  #isOver = false;
  #waiting: Piece[] = [];

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  push({ seq, syn, fin, length, payload }: Segment): void {
    if (Number.isNaN(this.#next)) {
      if (!syn && length === 0) return;
      this.#next = seq + turn + (syn ? 1 : 0);
    }
    const start = this.#unroll(seq) + (syn ? 1 : 0);
    if (fin) this.#fin = Math.min(this.#fin, start + length);
    this.#add({ start, end: start + length, bytes: payload });
    this.#go();
  }

  acknowledge(ack: number): void {
    if (Number.isNaN(this.#next)) this.#acknowledged = -1;
    else this.#acknowledged = this.#unroll(ack);
    this.#go();
  }

  end(): void {
    for (const { start, end, bytes } of this.#waiting.splice(0)) this.#handOut(start, end, bytes);
  }

  /** The position with this number that is nearest to the next. */
  #unroll(seq: number): number {
    const near = Math.floor(this.#next / turn) * turn + seq;
    return [near - turn, near, near + turn].reduce((best, each) =>
      Math.abs(each - this.#next) < Math.abs(best - this.#next) ? each : best,
    );
  }

  /** Adds the parts of a piece that nothing before it had. */
  #add(piece: Piece): void {
    let at = Math.max(piece.start, this.#next);
    const fresh: Piece[] = [];
    const keep = (end: number) => {
      if (end <= at) return;
      const bytes = Buffer.from(piece.bytes.subarray(at - piece.start, Math.max(0, end - piece.start)));
      fresh.push({ start: at, end, bytes });
    };
    for (const { start, end } of this.#waiting) {
      keep(Math.min(start, piece.end));
      at = Math.max(at, end);
    }
    keep(piece.end);
    this.#waiting = [...this.#waiting, ...fresh].sort((a, b) => a.start - b.start);
  }

  #go(): void {
    while (this.#waiting.length > 0) {
      const [{ start, end, bytes }] = this.#waiting;
      const cost = this.#waiting.reduce((sum, piece) => sum + piece.bytes.length, 0);
      if (start > this.#next && start > this.#acknowledged && cost <= 4 * 1024 * 1024) break;
      this.#waiting.shift();
      this.#handOut(start, end, bytes);
    }
    if (this.#acknowledged > this.#fin) this.#skipTo(this.#fin);
    if (this.#next === this.#fin && !this.#isOver) {
      this.#isOver = true;
      this.#sink.onEnd();
    }
  }

  #handOut(start: number, end: number, bytes: Buffer): void {
    this.#skipTo(start);
    this.#next = end;
    this.#sink.onBytes(bytes, end - start - bytes.length);
  }

  #skipTo(position: number): void {
    if (position > this.#next) this.#sink.onGap(position - this.#next);
    this.#next = Math.max(this.#next, position);
  }
}
