import { type Clock, systemClock } from '../../clock.ts';

/** A longer line than there is: what is put in comes out later, in the same order, as by TCP. */
export class DelayLine<Item> {
  /** How long the line is, in milliseconds. What is on its way keeps the length it set out with. */
  delayMs = 0;
  readonly #deliver: (item: Item) => void;
  readonly #clock: Clock;
  readonly #underWay: { item: Item; due: number }[] = [];
  #blockedUntil = 0;
  #timer: unknown;

  constructor(deliver: (item: Item) => void, clock: Clock = systemClock) {
    this.#deliver = deliver;
    this.#clock = clock;
  }

  push(item: Item): void {
    this.#underWay.push({ item, due: this.#clock.now() + this.delayMs });
    if (this.#underWay.length === 1) this.#deliverDue();
  }

  // #region block
  /** As when a segment is lost: it and all behind it wait until it has been sent again, and then come at once. */
  block(ms: number): void {
    this.#blockedUntil = this.#clock.now() + ms;
  }
  // #endregion block

  /** Forgets what is on its way. */
  stop(): void {
    this.#underWay.length = 0;
    this.#clock.clearTimeout(this.#timer);
  }

  #deliverDue(): void {
    for (;;) {
      const [first] = this.#underWay;
      if (!first) return;
      const wait = Math.max(first.due, this.#blockedUntil) - this.#clock.now();
      if (wait > 0) {
        this.#timer = this.#clock.setTimeout(() => this.#deliverDue(), wait);
        return;
      }
      this.#underWay.shift();
      this.#deliver(first.item);
    }
  }
}
