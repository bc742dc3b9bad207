// You acknowledge a message before it is stored: if the store fails now, the sender believes in a message that nobody has.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Hasty extends Server {
  override async chat(...[member, message]: Parameters<Server['chat']>): Promise<void> {
    const { id, room, content } = message;
    this.hub.send(member, { type: 'ack', id, room, seq: 1 });
    const post = { id, from: member.user, content, at: Date.now() };
    const { isNew } = await this.backplane.append(room, post);
    if (isNew) this.monitor.stored();
  }
}

export const startChatServer = starterOf(Hasty);
