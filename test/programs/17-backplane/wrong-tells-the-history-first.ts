// Your feed tells the history to people who were given it already: it begins where the room is.
export * from './right-feed-by-number.ts';

import type { RoomHistory } from '../../../solutions/17-backplane.ts';
import { RoomFeed as Plain } from './right-feed-by-number.ts';

export class RoomFeed extends Plain {
  protected override onFirst({ messages }: RoomHistory): void {
    for (const message of messages) this.listener.message(message);
  }
}
