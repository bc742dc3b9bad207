// Your replay begins with the message at the position: its reader has that one already.
export * from '../../../solutions/14-resume.ts';

import type { Position, RoomMessage } from '#labs/10-protocol';
import { RoomLog as Plain } from './right-plain-arrays.ts';

export class RoomLog extends Plain {
  protected override after({ seq }: Position): RoomMessage[] {
    return this.messages.filter((message) => message.seq >= seq);
  }
}
