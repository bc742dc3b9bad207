// You do not pass the server’s drain on to lab 13: it has spread its clients, and yours comes when it likes.
import type { ChatClientOptions } from '../../../solutions/21-chat-client.ts';
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  constructor(options: ChatClientOptions) {
    super(options);
    this.handlers.drain = undefined;
  }
}
