// You tell everyone at every batch: each client gets up to as many drain messages as there are batches.
export * from '../../../solutions/18-balancing.ts';

import type { Leaving } from '../../../solutions/18-balancing.ts';
import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override async beforeBatch(queue: readonly Leaving[]): Promise<void> {
    for (const connection of queue) connection.tell({ type: 'drain', reconnectInMs: 0 });
  }
}

export const drain = drainBy(Wrong);
