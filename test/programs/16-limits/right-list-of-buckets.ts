// The guard keeps a list of what a message costs, and where; it asks all of it before it takes any.
export * from '../../../solutions/16-limits.ts';

import {
  type GuardLimits,
  type RateLimiter,
  TokenBucket,
  type Verdict,
} from '../../../solutions/16-limits.ts';
import type { Clock } from '../../../workbook/clock.ts';

/** Something to be paid somewhere. */
export interface Price {
  wait(): number;
  pay(): number;
}

export class Guard {
  protected readonly limits: GuardLimits;
  protected readonly messages: TokenBucket;
  protected readonly controls: TokenBucket;
  protected refusals = 0;
  readonly #bytes: TokenBucket;
  readonly #users: RateLimiter | undefined;

  constructor(limits: GuardLimits, { users, clock }: { users?: RateLimiter; clock?: Clock } = {}) {
    this.limits = limits;
    this.messages = new TokenBucket(limits.messages, clock);
    this.#bytes = new TokenBucket(limits.bytes, clock);
    this.controls = new TokenBucket(limits.control, clock);
    this.#users = users;
  }

  message(bytes: number, userId?: string): Verdict {
    const prices = this.pricesOf(bytes, userId);
    const wait = this.waitOf(prices);
    if (wait === 0) {
      for (const price of prices) price.pay();
      this.forgive();
      return { do: 'pass' };
    }
    return this.no(wait);
  }

  control(): Verdict {
    if (this.controls.take() > 0) return { do: 'close', code: 1008, reason: 'Too many control frames.' };
    return { do: 'pass' };
  }

  protected pricesOf(bytes: number, userId: string | undefined): Price[] {
    const users = this.#users;
    const prices: Price[] = [
      { wait: () => this.messages.waitFor(1), pay: () => this.messages.take(1) },
      { wait: () => this.#bytes.waitFor(bytes), pay: () => this.#bytes.take(bytes) },
    ];
    if (users && userId !== undefined) {
      prices.push({ wait: () => users.waitFor(userId), pay: () => users.take(userId) });
    }
    return prices;
  }

  protected waitOf(prices: Price[]): number {
    return Math.max(...prices.map((price) => price.wait()));
  }

  protected no(wait: number): Verdict {
    if (!Number.isFinite(wait)) return { do: 'close', code: 1009, reason: 'Too big.' };
    if (this.refusals >= this.limits.maxRefusals) return { do: 'close', code: 1008, reason: 'Too fast.' };
    const before = this.refusals++;
    return { do: 'refuse', retryAfterMs: wait + this.queueOf(before) };
  }

  protected queueOf(before: number): number {
    return Math.ceil(before / (this.limits.messages.perSecond / 1000));
  }

  protected forgive(): void {
    if (this.refusals > 0) this.refusals--;
  }
}
