// Your hub tells a newcomer of their own arrival: presence is for the others.
export * from '../../../solutions/11-hub.ts';

import type { Member } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  protected override tellPresence(room: string, member: Member, event: 'joined' | 'left'): void {
    this.deliver(this.inRoom(room), { type: 'presence', room, user: member.user, event });
  }
}
