// You send a message that came too fast again at once: wait for retryAfterMs.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override onTooFast(...[message]: Parameters<Plain['onTooFast']>): void {
    this.transmit(message);
  }
}
