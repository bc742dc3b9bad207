// You count a message that is sent again among those that were stored: `append` says whether it is new.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Generous extends Server {
  override async chat(...[member, message]: Parameters<Server['chat']>): Promise<void> {
    const { id, room, content } = message;
    const { seq } = await this.backplane.append(room, { id, from: member.user, content, at: Date.now() });
    this.monitor.stored();
    this.hub.send(member, { type: 'ack', id, room, seq });
  }
}

export const startChatServer = starterOf(Generous);
