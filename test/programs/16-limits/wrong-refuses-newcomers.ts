// When your limiter is full it refuses newcomers: so an attacker with many keys locks everybody else out.
export * from '../../../solutions/16-limits.ts';

import { RateLimiter as Sweeping } from './right-regular-sweeps.ts';

export class RateLimiter extends Sweeping {
  override take(key: string, tokens = 1): number {
    this.sweep();
    if (!this.buckets.has(key) && this.size >= this.maxKeys) return 1_000;
    return super.take(key, tokens);
  }
}
