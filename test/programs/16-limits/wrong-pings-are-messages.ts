// Your guard takes a ping from the bucket of messages: a client that keeps its connection alive cannot talk.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  override control(): ReturnType<Listing['control']> {
    return this.messages.take() > 0 ? { do: 'close', code: 1008, reason: 'Too fast.' } : { do: 'pass' };
  }
}
