// You let messages past while you ask who is in a room that was reset: clients drop them, as joined has not come.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Overtaken extends Server {
  override reset(...[room, history]: Parameters<Server['reset']>): void {
    void this.backplane
      .membersOf(room)
      .then((members) => this.hub.broadcast(room, { type: 'joined', room, ...history, members }));
  }
}

export const startChatServer = starterOf(Overtaken);
