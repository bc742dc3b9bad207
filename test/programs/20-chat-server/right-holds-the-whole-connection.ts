// While a join is under way, all that is for the connection waits in one list: there is no gate a room.
import type { ServerMessage } from '#labs/10-protocol';
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Holding extends Connection {
  readonly joining = new Set<string>();
  readonly positions = new Map<string, number>();
  held: { encoded: Buffer; message: ServerMessage }[] = [];

  override shut(room: string): void {
    super.shut(room);
    this.joining.add(room);
  }

  override send(encoded: Buffer, message: ServerMessage): void {
    if (message.type === 'joined') {
      this.give(encoded);
      this.joining.delete(message.room);
      this.positions.set(message.room, message.seq);
      for (const each of this.held.splice(0)) this.send(each.encoded, each.message);
    } else if (this.joining.size > 0) this.held.push({ encoded, message });
    else if (message.type !== 'chat' || message.seq > (this.positions.get(message.room) ?? 0)) {
      this.give(encoded);
    }
  }
}

export const startChatServer = starterOf(Server, Holding);
