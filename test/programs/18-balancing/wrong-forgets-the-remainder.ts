// You round the size of a batch down, so those who are left over are never told and are cut at the deadline.
export * from '../../../solutions/18-balancing.ts';

import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override batchSize(): number {
    return Math.floor(this.count / this.options.batches);
  }
}

export const drain = drainBy(Wrong);
