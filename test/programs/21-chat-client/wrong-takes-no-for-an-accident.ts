// You do not hand the close code to lab 13: it takes a no for an accident, and comes back.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override lose(): void {
    super.lose(1006, '');
  }
}
