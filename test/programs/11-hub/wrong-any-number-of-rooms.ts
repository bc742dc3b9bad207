// Your hub makes any number of rooms: many clients with a few rooms each fill the memory.
export * from '../../../solutions/11-hub.ts';

import type { HubOptions } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  constructor(options: HubOptions) {
    super({ ...options, maxRooms: Number.POSITIVE_INFINITY });
  }
}
