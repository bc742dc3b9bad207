import { Conflation } from '../conflation.ts';
import type { Delta, Kept, State, Values } from './messages.ts';

/** The newest state of the source. */
export interface Now {
  version: number;
  values: Values;
  /** How long ago the source has spoken, in ms. */
  ageMs: number;
}

// #region reader
/**
 * What the server knows of one reader. A reader gets a message when it has credit, that is, when it has drawn the
 * one before. What changes meanwhile takes a slot a metric. So a slow reader gets fewer messages, and newer ones.
 */
export class Reader {
  readonly #waiting = new Conflation<string, number>((_, newer) => newer);
  /** The version that the last message led to; undefined when only a snapshot can follow. */
  #sent: number | undefined;
  #hasCredit = true;

  change(name: string, value: number): void {
    this.#waiting.push(name, value);
  }

  /** The next message; undefined without credit. An empty delta says that the source is alive. */
  next({ version, values, ageMs }: Now): State | undefined {
    if (!this.#hasCredit) return undefined;
    this.#hasCredit = false;
    const set = Object.fromEntries(this.#waiting.take());
    const from = this.#sent;
    this.#sent = version;
    if (from === undefined) return { type: 'snapshot', version, ageMs, set: values };
    return { type: 'delta', from, to: version, ageMs, set };
  }

  /** The reader has drawn this version. If it is not the one that was sent, a delta would not fit what it shows. */
  drawn(version: number): void {
    if (version !== this.#sent) this.#sent = undefined;
    this.#hasCredit = true;
  }

  /** What is kept for this reader, in place of a queue. */
  kept(version: number): Kept {
    const from = this.#sent ?? version;
    const set = Object.fromEntries(this.#waiting.peek());
    const delta: Delta = { type: 'delta', from, to: version, ageMs: 0, set };
    const bytes = this.#waiting.size === 0 ? 0 : JSON.stringify(delta).length;
    return { type: 'kept', slots: this.#waiting.size, bytes, changes: version - from };
  }
}
// #endregion reader
