// You tell a message as sent when the socket has taken it: only the ack says that it is stored.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override transmit(message: Parameters<Plain['transmit']>[0]): void {
    super.transmit(message);
    if (this.link?.welcome && 'id' in message) queueMicrotask(() => this.onAck(message.id));
  }
}
