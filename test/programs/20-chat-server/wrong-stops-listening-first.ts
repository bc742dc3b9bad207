// You stop listening before you drain: the balancer asks /healthz, gets no answer, and does not learn why.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Deaf extends Server {
  override async drain(): Promise<void> {
    this.listener.server.close();
    await super.drain();
  }
}

export const startChatServer = starterOf(Deaf);
