// You do not tell lab 13 what the browser says of network and page.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override networkLost(): void {}
  override networkBack(): void {}
  override pageShown(): void {}
}
