// Your node asks whether a key is claimed and claims it then: between the two another node does the same.
export * from '../../../solutions/17-backplane.ts';

import { RedisBackplane as Solution } from '../../../solutions/17-backplane.ts';

export class RedisBackplane extends Solution {
  override async claim(key: string, lifetimeMs: number): Promise<boolean> {
    if (await this.isClaimed(key)) return false;
    await super.claim(key, lifetimeMs);
    return true;
  }
}
