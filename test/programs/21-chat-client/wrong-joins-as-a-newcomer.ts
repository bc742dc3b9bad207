// After a loss you join each room as a newcomer: what was shown before is shown again.
import { RoomReader } from '#labs/14-resume';
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override sendJoins(): void {
    for (const room of this.rooms.keys()) this.rooms.set(room, new RoomReader());
    super.sendJoins();
  }
}
