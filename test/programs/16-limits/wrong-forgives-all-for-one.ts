// Your guard forgets all refusals when one message passes: a bucket lets one of a flood through every 20 ms.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  protected override forgive(): void {
    this.refusals = 0;
  }
}
