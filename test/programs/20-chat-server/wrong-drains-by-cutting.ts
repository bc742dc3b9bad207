// You cut everyone when the server stops: nobody is told when to come back, and all come at once (lab 18).
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Abrupt extends Server {
  override async drain(): Promise<void> {
    for (const each of this.connections) each.terminate();
  }
}

export const startChatServer = starterOf(Abrupt);
