// You sign out without a code: 1000 says that it was meant, an empty Close frame says nothing (RFC 6455 §7.4.1).
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override drop(): void {
    super.drop();
  }
}
