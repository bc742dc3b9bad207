// You tell a time after which more tokens will be there than the bucket holds: they never are.
export * from '../../../solutions/16-limits.ts';

import { type Rate, TokenBucket as Solution } from '../../../solutions/16-limits.ts';
import type { Clock } from '../../../workbook/clock.ts';

export class TokenBucket extends Solution {
  readonly #rate: Rate;

  constructor(rate: Rate, clock?: Clock) {
    super(rate, clock);
    this.#rate = rate;
  }

  override waitFor(tokens = 1): number {
    const { perSecond, burst } = this.#rate;
    const over = Math.max(0, tokens - burst);
    return super.waitFor(tokens - over) + Math.ceil((over / perSecond) * 1000);
  }
}
