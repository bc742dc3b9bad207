// You tell who has not authenticated what is wrong with a message: before auth there is one answer to everything.
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Talkative extends Connection {
  override get isAdmitted(): boolean {
    return true;
  }
}

export const startChatServer = starterOf(Server, Talkative);
