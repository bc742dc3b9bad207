// Your guard counts messages and not their bytes: few and huge is a flood too.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing, type Price } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  protected override pricesOf(bytes: number, userId: string | undefined): Price[] {
    const [messages, , ...users] = super.pricesOf(bytes, userId);
    return [messages, ...users];
  }
}
