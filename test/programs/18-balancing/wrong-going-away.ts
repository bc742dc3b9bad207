// You close with 1001, going away: 1012 says that the service restarts, and clients know by it to come back.
export * from '../../../solutions/18-balancing.ts';

import type { Leaving } from '../../../solutions/18-balancing.ts';
import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override close(connection: Leaving): void {
    connection.close(1001, 'restart');
  }
}

export const drain = drainBy(Wrong);
