// You tell the state before the joins are sent: a listener that posts at once speaks in a room that nobody has joined.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override sendAll(): void {
    this.tellState();
    super.sendAll();
  }
}
