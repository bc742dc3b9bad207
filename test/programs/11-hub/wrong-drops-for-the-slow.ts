// Your hub drops messages for a slow reader and keeps the connection: they never learn what is missing. Close with 1013.
export * from '../../../solutions/11-hub.ts';

import type { ServerMessage } from '#labs/10-protocol';
import type { Member } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  protected override deliverOne(member: Member, encoded: Buffer, message: ServerMessage): void {
    if (member.bufferedAmount <= this.options.maxBufferedAmount) super.deliverOne(member, encoded, message);
  }
}
