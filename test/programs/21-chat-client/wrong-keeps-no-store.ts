// You do not use the outboxStore: a reload loses what was not acknowledged.
import type { ChatClientOptions } from '../../../solutions/21-chat-client.ts';
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  constructor(options: ChatClientOptions) {
    super({ ...options, outboxStore: undefined });
  }
}
