// You have no watchdog: a network that is gone sends no close event, and the page says connected for minutes.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  override startWatchdog(): void {}
}
