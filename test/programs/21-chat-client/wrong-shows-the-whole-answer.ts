// You show all messages of joined: those that were shown before are among them.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override tellJoined(...[answer, { gap }]: Parameters<Plain['tellJoined']>): void {
    super.tellJoined({ ...answer }, { messages: answer.messages, gap });
  }
}
