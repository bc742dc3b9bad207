// Your guard tells every refused message the same time: all come back together, and all but one are refused again.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  protected override queueOf(): number {
    return 0;
  }
}
