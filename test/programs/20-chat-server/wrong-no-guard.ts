// You ask no Guard: who sends without end is answered without end.
import { Refusal } from '#labs/10-protocol';
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Unguarded extends Connection {
  override heard(data: Buffer, isBinary: boolean): void {
    if (this.isClosing) return;
    this.server.heartbeat.heard(this.socket);
    const message = this.read(data, isBinary);
    this.monitor.received(message instanceof Refusal ? 'unreadable' : message.type, data.length);
    this.later(message);
  }
}

export const startChatServer = starterOf(Server, Unguarded);
