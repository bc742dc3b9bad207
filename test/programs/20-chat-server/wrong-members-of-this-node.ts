// You answer a join with the members of your hub: those on other nodes are missing. Ask the backplane.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Near extends Server {
  override async joined(...[member, room, history]: Parameters<Server['joined']>): Promise<void> {
    this.hub.send(member, { type: 'joined', room, ...history, members: this.hub.membersOf(room) });
  }
}

export const startChatServer = starterOf(Near);
