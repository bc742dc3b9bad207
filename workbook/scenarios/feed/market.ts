import { Conflation } from '../conflation.ts';
import { Book } from './book.ts';
import { append } from './merge.ts';
import type { Heartbeat, Level, Side, Snapshot, Update } from './messages.ts';
import { busySymbols, quietSymbol, symbols, type Ticker } from './symbols.ts';

/** The share of the quiet symbol in all that happens. */
const quietShare = 1 / 2_000;
/** Prices on each side of a book. */
const depth = 10;
/** How far the middle of a book may go from where it began, in ticks, as on an exchange with daily limits. */
const band = 50;

/** A source of changes: invented, and the same for the same random numbers. */
export class Market {
  readonly #random: () => number;
  #epoch: number;
  #listings = new Map<Ticker, Listing>();

  /** @param epoch names the numbering: the time, in ms since 1970. */
  constructor(random: () => number, epoch: number) {
    this.#random = random;
    this.#epoch = epoch;
    this.restart(epoch);
  }

  /** Loses everything and begins anew, under a later epoch. */
  restart(now: number): void {
    this.#epoch = Math.max(now, this.#epoch + 1);
    for (const symbol of symbols) this.#listings.set(symbol, new Listing(this.#random));
  }

  /** So many steps of the market; one update for each symbol that they changed, with every change. */
  tick(steps: number): Update[] {
    const updates = new Conflation<Ticker, Update>(append);
    for (let step = 0; step < steps; step++) {
      const symbol = this.#drawSymbol();
      const listing = this.#listing(symbol);
      const from = listing.seq + 1;
      const levels = listing.step();
      updates.push(symbol, { type: 'update', symbol, epoch: this.#epoch, from, to: listing.seq, levels });
    }
    return [...updates.take().values()];
  }

  snapshot(symbol: Ticker): Snapshot {
    const { seq, book } = this.#listing(symbol);
    return { type: 'snapshot', symbol, epoch: this.#epoch, seq, levels: book.levels() };
  }

  heartbeat(symbol: Ticker): Heartbeat {
    return { type: 'heartbeat', symbol, epoch: this.#epoch, seq: this.#listing(symbol).seq };
  }

  #listing(symbol: Ticker): Listing {
    const listing = this.#listings.get(symbol);
    if (!listing) throw new RangeError(`no symbol ${symbol}`);
    return listing;
  }

  #drawSymbol(): Ticker {
    if (this.#random() < quietShare) return quietSymbol;
    return busySymbols[Math.floor(this.#random() * busySymbols.length)];
  }
}

/** One symbol: a price that wanders, and orders on both sides of it. */
class Listing {
  readonly book = new Book();
  /** Changes so far. */
  seq = 0;
  readonly #random: () => number;
  readonly #start: number;
  #middle: number;

  constructor(random: () => number) {
    this.#random = random;
    this.#start = 5_000 + Math.floor(random() * 10_000);
    this.#middle = this.#start;
    for (let offset = 1; offset <= depth; offset++) {
      this.#set('bid', this.#middle - offset, this.#drawQuantity());
      this.#set('ask', this.#middle + offset, this.#drawQuantity());
    }
  }

  /** One change of a level; now and then the price moves before, and takes levels away. */
  step(): Level[] {
    const levels = this.#random() < 0.05 ? this.#move(this.#random() < 0.5 ? -1 : 1) : [];
    const side = this.#random() < 0.5 ? 'bid' : 'ask';
    // Most happens near the middle.
    const offset = 1 + Math.floor(this.#random() ** 2 * depth);
    const price = this.#middle + (side === 'bid' ? -offset : offset);
    const leaves = this.#random() < 0.15 && this.book.quantity(side, price) > 0;
    levels.push(this.#set(side, price, leaves ? 0 : this.#drawQuantity()));
    return levels;
  }

  /** The middle goes up or down by a tick: what was asked or bid there is gone, and so is what is too far now. */
  #move(direction: -1 | 1): Level[] {
    if (Math.abs(this.#middle + direction - this.#start) > band) return [];
    this.#middle += direction;
    const [near, far] = direction === 1 ? (['ask', 'bid'] as const) : (['bid', 'ask'] as const);
    return [
      ...this.#remove(near, this.#middle),
      ...this.#remove(far, this.#middle - direction * (depth + 1)),
    ];
  }

  #remove(side: Side, price: number): Level[] {
    return this.book.quantity(side, price) > 0 ? [this.#set(side, price, 0)] : [];
  }

  #set(side: Side, price: number, quantity: number): Level {
    const level = [side, price, quantity] as const;
    this.book.apply([level]);
    this.seq++;
    return level;
  }

  #drawQuantity(): number {
    return 10 * (1 + Math.floor(this.#random() * 50));
  }
}
