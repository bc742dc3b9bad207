// Your limiter keeps a bucket of everybody who ever came: that is memory for the asking.
export * from '../../../solutions/16-limits.ts';

import { RateLimiter as Sweeping } from './right-regular-sweeps.ts';

export class RateLimiter extends Sweeping {
  protected override sweep(): void {}

  protected override use(key: string, bucket: ReturnType<Sweeping['make']>): void {
    this.buckets.set(key, bucket);
  }
}
