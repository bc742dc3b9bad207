// Your outbox saves what is added and not what is removed: after a reload it sends what was acknowledged.
export * from '../../../solutions/14-resume.ts';

import type { OutgoingMessage } from '../../../solutions/14-resume.ts';
import { Outbox as Plain } from './right-plain-arrays.ts';

export class Outbox extends Plain {
  protected override change(messages: OutgoingMessage[]): void {
    if (messages.length > this.messages.length) super.change(messages);
    else this.messages = messages;
  }
}
