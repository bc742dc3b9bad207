// You leave a room on the server only: its reader stays, and joins it again after the next loss.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override leave(room: string): void {
    this.transmit({ type: 'leave', room });
    this.onAnswered(room);
  }
}
