// You tell failed before chat has returned the id: the listener cannot know which message it is.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override failLater(id: string, reason: string): void {
    this.emit('failed', id, reason);
  }
}
