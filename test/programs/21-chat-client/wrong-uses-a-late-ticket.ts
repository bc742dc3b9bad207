// You open a socket when a ticket comes for an attempt that was given up: nobody will close it.
import type { Attempt } from '#labs/13-reconnect';
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override connect(attempt: Attempt): () => void {
    const end = super.connect(attempt);
    const { link } = this;
    return () => {
      const isEarly = link !== undefined && link.socket === undefined;
      end();
      if (isEarly) this.link = link;
    };
  }
}
