// Your guard never takes a refusal off its count: who is now and then too fast is thrown out in the evening.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  protected override forgive(): void {}

  protected override queueOf(): number {
    return 0;
  }
}
