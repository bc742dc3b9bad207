// You close the connection at a message that you do not know: a newer server has new ones, ignore them.
import { parseServerMessage } from '#labs/10-protocol';
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override receive(text: string): void {
    super.receive(text);
    if (!parseServerMessage(text)) this.lose(1006, '');
  }
}
