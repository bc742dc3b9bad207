// Your replay hands out the log’s own array: whoever changes it changes the history.
export * from '../../../solutions/14-resume.ts';

import type { RoomMessage } from '#labs/10-protocol';
import { RoomLog as Plain } from './right-plain-arrays.ts';

export class RoomLog extends Plain {
  protected override tail(): RoomMessage[] {
    return this.messages.length <= this.options.lastMessages ? this.messages : super.tail();
  }
}
