// You give up a message that came too fast: rate_limited says when to send it again.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override onTooFast(...[message, error]: Parameters<Plain['onTooFast']>): void {
    this.onFailed(message, error);
  }
}
