// You count messages a second and begin anew each second: twice the burst passes around the change.
export * from '../../../solutions/16-limits.ts';

import type { Rate } from '../../../solutions/16-limits.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export class TokenBucket {
  readonly #rate: Rate;
  readonly #clock: Clock;
  #window: number;
  #count = 0;

  constructor(rate: Rate, clock: Clock = systemClock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#window = this.#second();
  }

  get isFull(): boolean {
    this.#turn();
    return this.#count === 0;
  }

  waitFor(tokens = 1): number {
    this.#turn();
    if (tokens > this.#rate.burst) return Number.POSITIVE_INFINITY;
    return this.#count + tokens <= this.#rate.burst ? 0 : 1000 - (this.#clock.now() % 1000);
  }

  take(tokens = 1): number {
    const wait = this.waitFor(tokens);
    if (wait === 0) this.#count += tokens;
    return wait;
  }

  #turn(): void {
    if (this.#second() === this.#window) return;
    this.#window = this.#second();
    this.#count = 0;
  }

  #second(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}
