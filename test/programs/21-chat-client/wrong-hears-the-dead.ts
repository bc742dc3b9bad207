// You hear sockets that you have let go: a close event that comes minutes late ends the connection that runs.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override hears(): boolean {
    return true;
  }
}
