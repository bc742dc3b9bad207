// A connection to which tell failed is not closed: your one try holds both.
export * from '../../../solutions/18-balancing.ts';

import type { Leaving } from '../../../solutions/18-balancing.ts';
import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override sendAway(connection: Leaving): void {
    this.attempt(() => {
      this.tell(connection);
      this.close(connection);
    });
  }
}

export const drain = drainBy(Wrong);
