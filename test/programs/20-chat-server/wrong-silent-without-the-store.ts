// You answer nothing while the store is away: the sender waits for an ack that never comes.
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Silent extends Connection {
  override unavailable(): void {}
}

export const startChatServer = starterOf(Server, Silent);
