// Your limiter forgets who came first, and not who was unused the longest: a flood that goes on is forgiven.
export * from '../../../solutions/16-limits.ts';

import { RateLimiter as Sweeping } from './right-regular-sweeps.ts';

export class RateLimiter extends Sweeping {
  protected override use(key: string, bucket: ReturnType<Sweeping['make']>): void {
    if (this.buckets.has(key)) return;
    super.use(key, bucket);
  }
}
