// After a loss you do not join the rooms again: the new connection is in none.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  #hasConnected = false;

  override sendJoins(): void {
    if (this.#hasConnected) this.unanswered.clear();
    else super.sendJoins();
    this.#hasConnected = true;
  }
}
