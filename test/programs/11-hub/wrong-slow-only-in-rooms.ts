// Your hub looks at the queue in broadcasts only: direct messages and answers fill it as well.
export * from '../../../solutions/11-hub.ts';

import type { ServerMessage } from '#labs/10-protocol';
import type { Member } from '../../../solutions/11-hub.ts';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  override direct(userId: string, message: ServerMessage): number {
    const members = this.connections.filter(({ user }) => user.id === userId);
    if (members.length === 0) return 0;
    const encoded = this.options.encode(message);
    for (const member of members) member.send(encoded, message);
    return members.length;
  }

  override send(member: Member, message: ServerMessage): void {
    member.send(this.options.encode(message), message);
  }
}
