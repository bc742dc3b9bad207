// Your outbox gives the latest message first: after a loss they go out in the wrong order.
export * from '../../../solutions/14-resume.ts';

import type { OutgoingMessage } from '../../../solutions/14-resume.ts';
import { Outbox as Plain } from './right-plain-arrays.ts';

export class Outbox extends Plain {
  override [Symbol.iterator](): IterableIterator<OutgoingMessage> {
    return this.messages.toReversed().values();
  }
}
