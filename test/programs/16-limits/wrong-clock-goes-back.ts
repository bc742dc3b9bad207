// Your bucket waits until a clock that was put back has caught up: for an hour nobody may send.
export * from '../../../solutions/16-limits.ts';

import { TokenBucket as Solution } from '../../../solutions/16-limits.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export class TokenBucket extends Solution {
  constructor(rate: { perSecond: number; burst: number }, clock: Clock = systemClock) {
    let latest = clock.now();
    const now = () => {
      latest = Math.max(latest, clock.now());
      return latest;
    };
    super(rate, { ...systemClock, now });
  }
}
