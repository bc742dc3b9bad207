// Your hub sends to whoever does not read, for ever: their bytes fill the server’s memory.
export * from '../../../solutions/11-hub.ts';

import type { HubOptions } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  constructor(options: HubOptions) {
    super({ ...options, maxBufferedAmount: Number.POSITIVE_INFINITY });
  }
}
