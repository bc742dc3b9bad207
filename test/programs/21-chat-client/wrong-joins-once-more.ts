// You send a second join before the first was answered: the answer says recovered: false, and a gap is shown where there is none.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override join(room: string): void {
    super.join(room);
    this.sendJoin(room);
  }
}
