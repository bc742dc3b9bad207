// Your feed tells a message although one before it is missing: the missing one never comes.
export * from './right-feed-by-number.ts';

import { RoomFeed as Plain } from './right-feed-by-number.ts';

export class RoomFeed extends Plain {
  protected override isNext(): boolean {
    return true;
  }
}
