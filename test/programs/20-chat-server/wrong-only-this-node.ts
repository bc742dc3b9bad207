// You deliver what is said here to those who are here: people on another node never hear it. Let it come from the backplane.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Alone extends Server {
  override async chat(...[member, message]: Parameters<Server['chat']>): Promise<void> {
    const { id, room, content } = message;
    const post = { id, from: member.user, content, at: Date.now() };
    const { seq, isNew } = await this.backplane.append(room, post);
    if (isNew) this.monitor.stored();
    this.hub.send(member, { type: 'ack', id, room, seq });
    super.message({ type: 'chat', room, seq, ...post });
  }

  override message(): void {}
}

export const startChatServer = starterOf(Alone);
