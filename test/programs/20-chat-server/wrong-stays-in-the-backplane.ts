// You take a connection that is gone out of your hub, and not out of the backplane: on all nodes it is still in the room.
import { type Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Ghosts extends Server {
  override async depart(member: Connection): Promise<void> {
    this.hub.disconnect(member);
  }
}

export const startChatServer = starterOf(Ghosts);
