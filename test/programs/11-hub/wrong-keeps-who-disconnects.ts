// Your hub forgets the connection and not its rooms: who is gone stays a member for ever.
export * from '../../../solutions/11-hub.ts';

import type { Member } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  override disconnect(member: Member): void {
    this.connections = this.connections.filter((other) => other !== member);
  }
}
