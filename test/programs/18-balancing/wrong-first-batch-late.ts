// You wait before the first batch: that is time from the deadline in which nothing happens.
export * from '../../../solutions/18-balancing.ts';

import type { Leaving } from '../../../solutions/18-balancing.ts';
import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override async beforeBatch(_queue: readonly Leaving[], todo: number): Promise<void> {
    const { spreadMs, batches } = this.options;
    if (todo === batches) await this.wait(spreadMs / batches);
  }
}

export const drain = drainBy(Wrong);
