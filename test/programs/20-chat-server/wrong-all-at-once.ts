// You do not wait for one message before you begin the next: a chat overtakes the join it needs.
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Parallel extends Connection {
  override later(work: Parameters<Connection['later']>[0]): void {
    void this.carryOut(work);
  }
}

export const startChatServer = starterOf(Server, Parallel);
