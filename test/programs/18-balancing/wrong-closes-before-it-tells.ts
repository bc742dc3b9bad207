// You close first and tell then: after its Close frame an endpoint sends nothing more (RFC 6455 §5.5.1).
export * from '../../../solutions/18-balancing.ts';

import type { Leaving } from '../../../solutions/18-balancing.ts';
import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override sendAway(connection: Leaving): void {
    this.attempt(() => this.close(connection));
    this.attempt(() => this.tell(connection));
  }
}

export const drain = drainBy(Wrong);
