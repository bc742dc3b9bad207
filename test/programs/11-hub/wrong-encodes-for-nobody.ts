// Your hub encodes a message before it looks whether anybody is there.
export * from '../../../solutions/11-hub.ts';

import type { ServerMessage } from '#labs/10-protocol';
import type { Member } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  protected override deliver(members: Member[], message: ServerMessage): number {
    if (members.length === 0) this.options.encode(message);
    return super.deliver(members, message);
  }
}
