// Your guard tells a client to wait for Infinity: in JSON that is null, and it tries again at once.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  protected override no(wait: number): ReturnType<Listing['message']> {
    return Number.isFinite(wait) ? super.no(wait) : { do: 'refuse', retryAfterMs: wait };
  }
}
