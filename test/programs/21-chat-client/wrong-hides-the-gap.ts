// You do not tell the gap: a person takes what is left for all there was.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override tellJoined(...[answer, { messages }]: Parameters<Plain['tellJoined']>): void {
    super.tellJoined(answer, { messages, gap: false });
  }
}
