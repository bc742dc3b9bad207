// Your feed tells what is left where some of it is gone: all or nothing, and a reset says that it is nothing.
export * from './right-feed-by-number.ts';

import type { RoomHistory } from '../../../solutions/17-backplane.ts';
import { RoomFeed as Plain } from './right-feed-by-number.ts';

export class RoomFeed extends Plain {
  protected override onHistory({ messages }: RoomHistory): void {
    for (const message of messages) this.listener.message(message);
  }
}
