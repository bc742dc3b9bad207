/** Starts full, fills by the clock: `burst` at once after a pause, `perSecond` for ever. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  /** In thousandths of a token: a rate of n brings n of them a millisecond. */
  #level: number;
  #filledAt: number;

  /** `now` in milliseconds, from a clock that nobody sets back. */
  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#now = now;
    this.#level = burst * 1000;
    this.#filledAt = now();
  }

  /** Takes one and returns 0; or takes none, and returns in how many ms there will be one. */
  take(): number {
    const now = this.#now();
    const passedMs = Math.max(0, now - this.#filledAt);
    this.#level = Math.min(this.#burst * 1000, this.#level + passedMs * this.#perSecond);
    this.#filledAt = now;
    const missing = 1000 - this.#level;
    if (missing > 0) return Math.ceil(missing / this.#perSecond);
    this.#level -= 1000;
    return 0;
  }
}
