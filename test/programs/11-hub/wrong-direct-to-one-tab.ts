// Your direct message reaches one connection of its user: the others are the same person.
export * from '../../../solutions/11-hub.ts';

import type { ServerMessage } from '#labs/10-protocol';
import { Hub as Plain } from './right-list-of-pairs.ts';

export class Hub extends Plain {
  override direct(userId: string, message: ServerMessage): number {
    const [first] = this.connections.filter(({ user }) => user.id === userId);
    return this.deliver(first ? [first] : [], message);
  }
}
