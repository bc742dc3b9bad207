// Right, with joins in any order, and nothing posted before every room has answered.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override sendAll(): void {
    for (const room of [...this.rooms.keys()].reverse()) this.sendJoin(room);
    if (this.unanswered.size === 0) this.sendOutbox();
  }

  override transmit(message: Parameters<Plain['transmit']>[0]): void {
    const isPost = message.type === 'chat' || message.type === 'direct';
    if (!isPost || this.unanswered.size === 0) super.transmit(message);
  }

  override tellState(): void {
    if (this.state.name === 'recovering') this.sendOutbox();
    super.tellState();
  }
}
