// Your guard refuses for ever: each message of a flood gets an answer, and the flood goes on.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  protected override no(wait: number): ReturnType<Listing['message']> {
    this.refusals = 0;
    return super.no(wait);
  }
}
