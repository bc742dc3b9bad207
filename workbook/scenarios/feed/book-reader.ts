import { Book } from './book.ts';
import type { BookMessage, Heartbeat, Snapshot, Update } from './messages.ts';

/** Updates kept while a snapshot is awaited. Without the oldest there is a gap, and that is noticed like any other. */
const maxHeld = 1_000;

/**
 * What became of a message: it was `applied`; it said nothing new (`old`); it waits for a snapshot (`held`); or it
 * showed a `gap`: the book is gone, and a snapshot is to be asked for.
 */
export type Verdict = 'applied' | 'old' | 'held' | 'gap';

// #region reader
/** The reader's side of one symbol: a book that is right, or none. */
export class BookReader {
  /** Undefined until the first snapshot, and from a gap until the next one. */
  book: Book | undefined;
  epoch = 0;
  /** The number of the last change in the book. */
  seq = 0;
  #held: Update[] = [];

  /** How many updates wait for a snapshot. */
  get held(): number {
    return this.#held.length;
  }

  read(message: BookMessage): Verdict {
    switch (message.type) {
      case 'update':
        return this.#update(message);
      case 'snapshot':
        return this.#snapshot(message);
      case 'heartbeat':
        return this.#heartbeat(message);
    }
  }

  #update(update: Update): Verdict {
    if (!this.book) return this.#hold(update);
    const verdict = this.#judge(update.epoch, update.from, update.to);
    if (verdict === 'applied') {
      this.book.apply(update.levels);
      this.seq = update.to;
    } else if (verdict === 'gap') {
      this.book = undefined;
      this.#hold(update);
    }
    return verdict;
  }

  /** A gap where the source is further than the book: what came between was lost. */
  #heartbeat({ epoch, seq }: Heartbeat): Verdict {
    if (!this.book) return 'held';
    // As if the change after `seq` had come.
    const verdict = this.#judge(epoch, seq + 1, seq);
    if (verdict === 'gap') this.book = undefined;
    return verdict;
  }

  /** What is newer than the snapshot is applied to it. A gap where some between the two is missing. */
  #snapshot({ epoch, seq, levels }: Snapshot): Verdict {
    if (this.book) return 'old';
    this.book = new Book(levels);
    this.epoch = epoch;
    this.seq = seq;
    const held = this.#held;
    this.#held = [];
    // From a gap on, the rest is held again.
    for (const update of held) this.#update(update);
    return this.book ? 'applied' : 'gap';
  }

  #judge(epoch: number, from: number, to: number): Verdict {
    if (epoch !== this.epoch) return epoch < this.epoch ? 'old' : 'gap';
    if (from > this.seq + 1) return 'gap';
    return to <= this.seq ? 'old' : 'applied';
  }

  #hold(update: Update): Verdict {
    this.#held.push(update);
    if (this.#held.length > maxHeld) this.#held.shift();
    return 'held';
  }
}
// #endregion reader
