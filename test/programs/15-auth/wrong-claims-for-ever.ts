// Your claims never run out: the memory fills with tickets that expired long ago.
import type { Claims } from '../../../solutions/15-auth.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/15-auth.ts';

export class MemoryClaims implements Claims {
  readonly #keys = new Set<string>();
  readonly #maxKeys: number;

  constructor(_clock: Clock = systemClock, maxKeys = 100_000) {
    this.#maxKeys = maxKeys;
  }

  async claim(key: string): Promise<boolean> {
    if (this.#keys.has(key) || this.#keys.size >= this.#maxKeys) return false;
    this.#keys.add(key);
    return true;
  }

  async isClaimed(key: string): Promise<boolean> {
    return this.#keys.has(key);
  }
}
