// Your bucket gives what it has when more is wanted: a refusal must cost nothing.
export * from '../../../solutions/16-limits.ts';

import { TokenBucket as Solution } from '../../../solutions/16-limits.ts';

export class TokenBucket extends Solution {
  override take(tokens = 1): number {
    const wait = super.take(tokens);
    for (let left = tokens; wait > 0 && left > 0 && super.take() === 0; left--);
    return wait;
  }
}
