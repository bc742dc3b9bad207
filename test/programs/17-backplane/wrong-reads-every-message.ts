// Your feed reads the room for each message: the wake-up has the message with it, and is the next one nearly always.
export * from './right-feed-by-number.ts';

import { RoomFeed as Plain } from './right-feed-by-number.ts';

export class RoomFeed extends Plain {
  protected override isNext(): boolean {
    return false;
  }
}
