// You look at a right once, at the join: who has left a room speaks in it still.
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Once extends Connection {
  readonly known = new Set<string>();

  override async ask(message: Parameters<Connection['ask']>[0]): Promise<void> {
    const room = 'room' in message ? message.room : undefined;
    if (room === undefined || message.type === 'join' || !this.known.has(room)) await super.ask(message);
    else await this.server.handle(this, message);
    if (room !== undefined) this.known.add(room);
  }
}

export const startChatServer = starterOf(Server, Once);
