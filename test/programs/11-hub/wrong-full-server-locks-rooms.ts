// Your hub refuses a room that exists when the server is full: only a new one is one more.
export * from '../../../solutions/11-hub.ts';

import { Refusal } from '#labs/10-protocol';
import type { Member } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  protected override checkCaps(member: Member, room: string): void {
    super.checkCaps(member, room);
    if (this.roomCount >= this.options.maxRooms) throw new Refusal('forbidden', 'There are too many rooms.');
  }
}
