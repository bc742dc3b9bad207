// Your close keeps the rooms: who signs in next is in them.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override close(): void {
    this.outbox.clear();
    this.save();
    this.reconnector.stop();
  }
}
