// When your claims are full the oldest is forgotten: whoever fills them may use an old ticket again.
import type { Claims } from '../../../solutions/15-auth.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/15-auth.ts';

export class MemoryClaims implements Claims {
  readonly #until = new Map<string, number>();
  readonly #clock: Clock;
  readonly #maxKeys: number;

  constructor(clock: Clock = systemClock, maxKeys = 100_000) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  async claim(key: string, lifetimeMs: number): Promise<boolean> {
    if (this.#isClaimed(key)) return false;
    if (this.#until.size >= this.#maxKeys) {
      const [oldest] = this.#until.keys();
      this.#until.delete(oldest);
    }
    this.#until.set(key, this.#clock.now() + lifetimeMs);
    return true;
  }

  async isClaimed(key: string): Promise<boolean> {
    return this.#isClaimed(key);
  }

  #isClaimed(key: string): boolean {
    return (this.#until.get(key) ?? 0) > this.#clock.now();
  }
}
