// Your hub encodes a message once a member: a server’s frames are not masked (RFC 6455 §5.1), so one is right for all.
export * from '../../../solutions/11-hub.ts';

import type { ServerMessage } from '#labs/10-protocol';
import type { Member } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  protected override deliverOne(member: Member, _encoded: Buffer, message: ServerMessage): void {
    super.deliverOne(member, this.options.encode(message), message);
  }
}
