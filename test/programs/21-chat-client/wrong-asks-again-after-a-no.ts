// You keep a message that was refused, and send it again after each loss: the answer will be the same.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override onFailed(...[{ id }, { message }]: Parameters<Plain['onFailed']>): void {
    this.emit('failed', id, message);
  }
}
