// You close with 1012 and never send drain: each client has to guess when to come back.
export * from '../../../solutions/18-balancing.ts';

import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override tell(): void {}
}

export const drain = drainBy(Wrong);
