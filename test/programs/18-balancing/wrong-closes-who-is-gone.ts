// You tell and close connections that have left meanwhile: ask the set before each.
export * from '../../../solutions/18-balancing.ts';

import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override isThere(): boolean {
    return true;
  }
}

export const drain = drainBy(Wrong);
