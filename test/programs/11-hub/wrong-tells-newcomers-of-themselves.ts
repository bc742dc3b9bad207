// Your hub tells a newcomer of their own arrival: presence is for the others.
export * from '../../../solutions/11-hub.ts';

import type { User } from '#labs/10-protocol';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  override present(room: string, user: User, event: 'joined' | 'left'): void {
    this.deliver(this.inRoom(room), { type: 'presence', room, user, event });
  }
}
