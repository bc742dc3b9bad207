// Your guard takes from the connection's bucket before it asks the user's: a refused message is paid for.
export * from '../../../solutions/16-limits.ts';

import { Guard as Listing, type Price } from './right-list-of-buckets.ts';

export class Guard extends Listing {
  protected override waitOf(prices: Price[]): number {
    for (const price of prices) {
      const wait = price.wait();
      if (wait > 0) return wait;
      price.pay();
    }
    return 0;
  }

  protected override pricesOf(bytes: number, userId: string | undefined): Price[] {
    return super.pricesOf(bytes, userId).map(({ wait, pay }) => {
      let isPaid = false;
      return {
        wait,
        pay() {
          if (isPaid) return 0;
          isPaid = true;
          return pay();
        },
      };
    });
  }
}
