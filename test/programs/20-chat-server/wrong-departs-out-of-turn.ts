// You take a connection out while its join is under way: the join then puts it back, and nobody takes it out again.
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Sudden extends Connection {
  override gone(code: number): void {
    this.isClosing = true;
    this.monitor.closed(code);
    this.forget();
    void this.depart();
  }
}

export const startChatServer = starterOf(Server, Sudden);
