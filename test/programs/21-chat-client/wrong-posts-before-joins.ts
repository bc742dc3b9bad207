// You send the outbox before the joins: the server refuses what is said in a room that nobody has joined.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override sendAll(): void {
    this.sendOutbox();
    this.sendJoins();
  }
}
