// You leave a room for a connection whose enter was rejected: the count of its user's other tab goes down.
import { type Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Unbalanced extends Server {
  override async enter(...[member, room]: Parameters<Server['enter']>): Promise<void> {
    const isNew = !this.hub.isIn(member, room);
    this.hub.join(member, room);
    member.shut(room);
    if (isNew) await this.backplane.enter(room, member.user);
  }

  override async arrive(member: Connection): Promise<void> {
    member.hasArrived = true;
    this.hub.connect(member);
    await this.backplane.arrive(member.user);
  }
}

export const startChatServer = starterOf(Unbalanced);
