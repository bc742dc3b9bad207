// You do not tell lab 13 that there was no ticket: the attempt hangs until its time is up.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override onNoTicket(): void {}
}
