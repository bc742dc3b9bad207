// You use one ticket for all connections: it works once.
import type { ChatClientOptions } from '../../../solutions/21-chat-client.ts';
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  constructor(options: ChatClientOptions) {
    let ticket: Promise<string> | undefined;
    super({
      ...options,
      getTicket: () => {
        ticket ??= options.getTicket();
        return ticket;
      },
    });
  }
}
