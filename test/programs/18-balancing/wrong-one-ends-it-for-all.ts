// A connection that throws ends your drain, and everyone behind it is cut off with the process.
export * from '../../../solutions/18-balancing.ts';

import type { Leaving } from '../../../solutions/18-balancing.ts';
import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override sendAway(connection: Leaving): void {
    this.tell(connection);
    this.close(connection);
  }
}

export const drain = drainBy(Wrong);
