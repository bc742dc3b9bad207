// Your hub goes on after a send that threw, and keeps the connection: close it, with 1011.
export * from '../../../solutions/11-hub.ts';

import type { ServerMessage } from '#labs/10-protocol';
import type { Member } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  protected override deliverOne(member: Member, encoded: Buffer, message: ServerMessage): void {
    try {
      if (member.bufferedAmount > this.options.maxBufferedAmount) member.close(1013, 'You read too slowly.');
      else member.send(encoded, message);
    } catch {
      // Nothing: somebody else will notice.
    }
  }
}
