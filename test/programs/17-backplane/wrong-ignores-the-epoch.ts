// Your feed takes numbers of another epoch for its own: after a loss the store gives them to other messages.
export * from './right-feed-by-number.ts';

import { RoomFeed as Plain } from './right-feed-by-number.ts';

export class RoomFeed extends Plain {
  protected override isSame(): boolean {
    return true;
  }
}
