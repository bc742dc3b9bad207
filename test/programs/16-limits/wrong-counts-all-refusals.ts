// Your guard counts refusals, and not those in a row: who is now and then too fast is thrown out in the evening.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  override message(bytes: number, userId?: string): ReturnType<Listing['message']> {
    const before = this.refusals;
    const verdict = super.message(bytes, userId);
    this.refusals = Math.max(this.refusals, before);
    return verdict;
  }
}
