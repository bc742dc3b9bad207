// Your guard refuses for ever: each message of a flood gets an answer, and the flood goes on.
export * from '../../../solutions/16-limits.ts';

import { type GuardLimits, Guard as Solution } from '../../../solutions/16-limits.ts';

export class Guard extends Solution {
  constructor(limits: GuardLimits, options?: ConstructorParameters<typeof Solution>[1]) {
    super({ ...limits, maxRefusals: Number.POSITIVE_INFINITY }, options);
  }
}
