// With nobody there you wait all the same: an idle node takes as long to restart as a full one.
export * from '../../../solutions/18-balancing.ts';

import { Drain, drainBy } from './right-queue.ts';

class Wrong extends Drain {
  override goesOn(todo: number): boolean {
    return todo > 0 || super.goesOn(todo);
  }
}

export const drain = drainBy(Wrong);
