// Your guard tells the wait of the first bucket that is short: after it, the client is refused once more.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing, type Price } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  protected override waitOf(prices: Price[]): number {
    return prices.map((price) => price.wait()).find((wait) => wait > 0) ?? 0;
  }
}
