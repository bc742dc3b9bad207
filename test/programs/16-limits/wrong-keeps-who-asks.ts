// Your limiter makes a bucket for whoever is asked about: to look must cost no memory.
export * from '../../../solutions/16-limits.ts';

import { RateLimiter as Sweeping } from './right-regular-sweeps.ts';

export class RateLimiter extends Sweeping {
  override waitFor(key: string, tokens = 1): number {
    if (!this.buckets.has(key)) this.use(key, this.make());
    return super.waitFor(key, tokens);
  }
}
