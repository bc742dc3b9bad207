// Your broadcast goes through an array by index while members are taken out of it: the next one is skipped.
export * from '../../../solutions/11-hub.ts';

import type { ServerMessage } from '#labs/10-protocol';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  override broadcast(room: string, message: ServerMessage): number {
    const count = this.inRoom(room).length;
    if (count === 0) return 0;
    const encoded = this.options.encode(message);
    for (let at = 0; at < this.inRoom(room).length; at++)
      this.deliverOne(this.inRoom(room)[at], encoded, message);
    return count;
  }
}
