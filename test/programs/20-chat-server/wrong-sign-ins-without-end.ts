// You let an address ask for sessions and tickets as fast as it likes: each is a signature, and a key in the store.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Generous extends Server {
  override signInWait(): number {
    return 0;
  }
}

export const startChatServer = starterOf(Generous);
