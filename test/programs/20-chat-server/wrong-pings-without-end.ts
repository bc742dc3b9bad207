// You count messages, and not pings and pongs: a flood of them costs you as much.
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Pinged extends Connection {
  override control(): void {
    this.server.heartbeat.heard(this.socket);
  }
}

export const startChatServer = starterOf(Server, Pinged);
