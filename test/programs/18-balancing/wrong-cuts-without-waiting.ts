// You terminate right after close: the Close frame may never arrive, and the client sees 1006.
export * from '../../../solutions/18-balancing.ts';

import type { Leaving } from '../../../solutions/18-balancing.ts';
import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override close(connection: Leaving): void {
    super.close(connection);
    connection.terminate();
  }
}

export const drain = drainBy(Wrong);
