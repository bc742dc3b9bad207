// You show each message as it comes: ask the room’s reader, or some are shown twice and holes are not seen.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override onChat(message: Parameters<Plain['onChat']>[0]): void {
    this.rooms.get(message.room)?.receive(message);
    this.emit('chat', message);
  }
}
