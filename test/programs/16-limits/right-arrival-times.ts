// The bucket keeps one time, that at which it is full (GCRA), in place of tokens; connections are sets of objects.
export * from '../../../solutions/16-limits.ts';

import { addressKey, type Rate } from '../../../solutions/16-limits.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export class TokenBucket {
  readonly #rate: Rate;
  readonly #clock: Clock;
  /** In units of 1 / perSecond ms, so that whole numbers stay whole. */
  #untilFull = 0;
  #at: number;

  constructor(rate: Rate, clock: Clock = systemClock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#at = clock.now();
  }

  get isFull(): boolean {
    return this.#left() === 0;
  }

  waitFor(tokens = 1): number {
    if (tokens > this.#rate.burst) return Number.POSITIVE_INFINITY;
    const room = (this.#rate.burst - tokens) * 1000;
    return Math.max(0, Math.ceil((this.#left() - room) / this.#rate.perSecond));
  }

  take(tokens = 1): number {
    const wait = this.waitFor(tokens);
    if (wait === 0) this.#untilFull += tokens * 1000;
    return wait;
  }

  #left(): number {
    const now = this.#clock.now();
    if (now > this.#at)
      this.#untilFull = Math.max(0, this.#untilFull - (now - this.#at) * this.#rate.perSecond);
    this.#at = now;
    return this.#untilFull;
  }
}

export class ConnectionCaps {
  readonly #caps: { total: number; perAddress: number };
  readonly #admitted = new Set<{ key: string }>();

  constructor(caps: { total: number; perAddress: number }) {
    this.#caps = caps;
  }

  get size(): number {
    return this.#admitted.size;
  }

  admit(address: string): (() => void) | undefined {
    const one = { key: addressKey(address) };
    const same = [...this.#admitted].filter(({ key }) => key === one.key);
    if (this.size >= this.#caps.total || same.length >= this.#caps.perAddress) return undefined;
    this.#admitted.add(one);
    return () => this.#admitted.delete(one);
  }
}

export function handshakeLimits(deadlineMs: number) {
  return {
    headersTimeout: deadlineMs / 2,
    requestTimeout: (deadlineMs * 3) / 4,
    connectionsCheckingInterval: deadlineMs / 10,
    handshakeTimeout: deadlineMs / 2,
    keepAliveTimeout: 1_000,
    maxHeaderSize: 16_384,
    maxHeadersCount: 0,
  };
}
