// You keep a connection that did not take your ticket: only another one, with a new ticket, gets you in.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override onNotLetIn(error: Parameters<Plain['onNotLetIn']>[0]): void {
    this.onRefused(error);
  }
}
