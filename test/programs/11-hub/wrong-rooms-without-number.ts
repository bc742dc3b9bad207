// Your hub lets one member join any number of rooms: each costs memory, and a client may ask for thousands a second.
export * from '../../../solutions/11-hub.ts';

import type { HubOptions } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  constructor(options: HubOptions) {
    super({ ...options, maxRoomsPerMember: Number.POSITIVE_INFINITY });
  }
}
