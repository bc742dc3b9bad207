// Your hub tells presence although a backplane does (tellsPresence: false): people come and go twice.
export * from '../../../solutions/11-hub.ts';

import { type HubOptions, Hub as Solution } from '../../../solutions/11-hub.ts';

export class Hub extends Solution {
  constructor(options: HubOptions) {
    super({ ...options, tellsPresence: true });
  }
}
