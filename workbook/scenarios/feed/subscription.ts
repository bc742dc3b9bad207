import { Conflation } from '../conflation.ts';
import { overwrite } from './merge.ts';
import type { Product, ServerMessage, Update } from './messages.ts';
import type { Ticker } from './symbols.ts';

/** Where a subscription's messages go. */
export interface Outlet {
  send(text: string): void;
  /** The reader is too slow: it is to go, and to come again later. */
  expel(): void;
}

// #region subscription
/**
 * One reader of the feed. `bufferedAmount` stays at 0 while the kernels fill, so what is unread is counted by what
 * the reader says: each batch ends with a mark, the bytes sent so far, which it echoes once it has handled them.
 */
export class Subscription {
  readonly #product: Product;
  readonly #maxUnread: number;
  readonly #outlet: Outlet;
  readonly #slots = new Conflation<Ticker, Update>(overwrite);
  #sent = 0;
  #marked = 0;
  #read = 0;

  constructor(product: Product, maxUnread: number, outlet: Outlet) {
    this.#product = product;
    this.#maxUnread = maxUnread;
    this.#outlet = outlet;
  }

  /** New changes of one symbol; `text` is the same as JSON, encoded once for all readers. */
  update(update: Update, text: string): void {
    if (this.#product === 'full') this.#send(text);
    else this.#slots.push(update.symbol, update);
  }

  /** Ten times a second: what a conflated reader has not seen, if it has read all before; then the mark. */
  flush(): void {
    if (this.#read === this.#sent) {
      for (const update of this.#slots.take().values()) this.#send(JSON.stringify(update));
    }
    if (this.#marked === this.#sent) return;
    this.#marked = this.#sent;
    const mark: ServerMessage = { type: 'mark', sent: this.#sent };
    this.#outlet.send(JSON.stringify(mark));
  }

  /** A snapshot that the reader has asked for. */
  snapshot(text: string): void {
    this.#send(text);
  }

  /** For a reader that still has changes to come the number would be ahead of what it was sent. */
  heartbeat(symbol: Ticker, text: string): void {
    if (!this.#slots.has(symbol)) this.#send(text);
  }

  /** The reader echoes a mark. False for one that it was never sent. */
  echo(sent: number): boolean {
    if (sent < this.#read || sent > this.#marked) return false;
    this.#read = sent;
    return true;
  }

  #send(text: string): void {
    this.#sent += Buffer.byteLength(text);
    if (this.#sent - this.#read > this.#maxUnread) this.#outlet.expel();
    else this.#outlet.send(text);
  }
}
// #endregion subscription
