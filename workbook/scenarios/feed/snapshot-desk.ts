import type { Clock } from '../../clock.ts';
import type { Market } from './market.ts';
import type { Ticker } from './symbols.ts';

/** Snapshots come from a service of their own, which takes its time, in ms: updates overtake them. */
const takesMs = 300;

/** Hands one reader the snapshots it asks for. One of a symbol is under way at a time, however often it is asked for. */
export class SnapshotDesk {
  readonly #market: Market;
  readonly #clock: Clock;
  readonly #deliver: (text: string) => void;
  /** Timers, by symbol. */
  readonly #underWay = new Map<Ticker, unknown>();

  constructor(market: Market, clock: Clock, deliver: (text: string) => void) {
    this.#market = market;
    this.#clock = clock;
    this.#deliver = deliver;
  }

  /** The book as it is now comes a while later. */
  order(symbol: Ticker): void {
    if (this.#underWay.has(symbol)) return;
    const text = JSON.stringify(this.#market.snapshot(symbol));
    const timer = this.#clock.setTimeout(() => {
      this.#underWay.delete(symbol);
      this.#deliver(text);
    }, takesMs);
    this.#underWay.set(symbol, timer);
  }

  close(): void {
    for (const timer of this.#underWay.values()) this.#clock.clearTimeout(timer);
  }
}
