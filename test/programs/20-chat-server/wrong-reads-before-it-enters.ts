// You read the history before you enter the room: what is said between the two reaches nobody.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Early extends Server {
  override async join(...[member, { room, since }]: Parameters<Server['join']>): Promise<void> {
    const history = await this.backplane.read(room, since);
    await this.enter(member, room);
    await this.joined(member, room, history);
    if (since) this.monitor.resumed(history.recovered);
  }
}

export const startChatServer = starterOf(Early);
