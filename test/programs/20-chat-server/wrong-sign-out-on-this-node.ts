// You end the connections of a sign-out on the node that was asked, and not on the others.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Local extends Server {
  override async signedOut(session: string): Promise<void> {
    this.revoked(session);
  }
}

export const startChatServer = starterOf(Local);
