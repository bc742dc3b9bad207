// Your bucket rounds down each time it fills: who asks every few milliseconds never gets another token.
export * from '../../../solutions/16-limits.ts';

import type { Rate } from '../../../solutions/16-limits.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export class TokenBucket {
  protected readonly rate: Rate;
  protected readonly clock: Clock;
  protected tokens: number;
  protected filledAt: number;

  constructor(rate: Rate, clock: Clock = systemClock) {
    this.rate = rate;
    this.clock = clock;
    this.tokens = rate.burst;
    this.filledAt = clock.now();
  }

  get isFull(): boolean {
    this.fill();
    return this.tokens === this.rate.burst;
  }

  waitFor(tokens = 1): number {
    if (tokens > this.rate.burst) return Number.POSITIVE_INFINITY;
    this.fill();
    return Math.max(0, Math.ceil(((tokens - this.tokens) / this.rate.perSecond) * 1000));
  }

  take(tokens = 1): number {
    const wait = this.waitFor(tokens);
    if (wait === 0) this.tokens -= tokens;
    return wait;
  }

  protected fill(): void {
    const now = this.clock.now();
    const more = Math.floor((Math.max(0, now - this.filledAt) / 1000) * this.rate.perSecond);
    this.tokens = Math.min(this.rate.burst, this.tokens + more);
    this.filledAt = now;
  }
}
