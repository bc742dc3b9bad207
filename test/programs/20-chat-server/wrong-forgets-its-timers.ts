// You leave the deadline of a connection running that is gone: each visitor costs a timer.
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Ticking extends Connection {
  override async depart(): Promise<void> {
    if (this.hasArrived) await this.server.depart(this);
    this.server.connections.delete(this);
  }
}

export const startChatServer = starterOf(Server, Ticking);
