// You count the connection as open when the socket is: one that nobody lets in is never given up.
import type { WebSocketLike } from '../../../solutions/21-chat-client.ts';
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override onSocketOpen(socket: WebSocketLike, ticket: string): void {
    super.onSocketOpen(socket, ticket);
    this.link?.attempt.opened();
  }
}
