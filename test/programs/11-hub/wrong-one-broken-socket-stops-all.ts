// Your broadcast ends with the first send that throws: those after it get nothing.
export * from '../../../solutions/11-hub.ts';

import type { ServerMessage } from '#labs/10-protocol';
import type { Member } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  protected override deliverOne(member: Member, encoded: Buffer, message: ServerMessage): void {
    if (member.bufferedAmount > this.options.maxBufferedAmount) member.close(1013, 'You read too slowly.');
    else member.send(encoded, message);
  }
}
