export interface Position {
  epoch: string;
  seq: number;
}

export interface Numbered<T> {
  seq: number;
  item: T;
}

/** The last messages of one stream, numbered from 1 without gaps. An epoch names one such numbering. */
export class ResumeBuffer<T> {
  readonly epoch: string;
  readonly #capacity: number;
  /** The message with number n is at (n - 1) % capacity: a ring, so that nothing is ever moved. */
  readonly #ring: T[] = [];
  #seq = 0;

  constructor(capacity: number, epoch: string = crypto.randomUUID()) {
    this.#capacity = capacity;
    this.epoch = epoch;
  }

  get position(): Position {
    return { epoch: this.epoch, seq: this.#seq };
  }

  append(item: T): number {
    this.#ring[this.#seq % this.#capacity] = item;
    return ++this.#seq;
  }

  /** All that came after the position, or undefined if it cannot be told: all or nothing. */
  since({ epoch, seq }: Position): Numbered<T>[] | undefined {
    const oldest = Math.max(1, this.#seq - this.#capacity + 1);
    if (epoch !== this.epoch || !Number.isSafeInteger(seq)) return undefined;
    if (seq < oldest - 1 || seq > this.#seq) return undefined;
    return Array.from({ length: this.#seq - seq }, (_, n) => ({
      seq: seq + n + 1,
      item: this.#ring[(seq + n) % this.#capacity],
    }));
  }
}

/** The reader's half: drops what it has had, and says when something is missing. */
export class Reader<T> {
  #position: Position | undefined;
  readonly #onItem: (item: T) => void;

  constructor(onItem: (item: T) => void) {
    this.#onItem = onItem;
  }

  /** What to send when the connection is back. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** A snapshot was loaded that contains everything up to here. */
  start(position: Position): void {
    this.#position = { ...position };
  }

  /** False: there is a hole before it, and nothing was taken. Resume, or load a snapshot. */
  receive({ seq, item }: Numbered<T>): boolean {
    if (!this.#position || seq > this.#position.seq + 1) return false;
    if (seq <= this.#position.seq) return true;
    this.#position.seq = seq;
    this.#onItem(item);
    return true;
  }
}
