// You wait for a room whose join was refused: it is recovering for ever.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override onRefused({ message }: Parameters<Plain['onRefused']>[0]): void {
    this.emit('refused', message);
  }
}
