// You send a message again under a new id: the server cannot know it again, and it stands in the room twice.
import { ChatClient as Plain } from './right-table-of-handlers.ts';

export * from '../../../solutions/21-chat-client.ts';

export class ChatClient extends Plain {
  readonly #first = new Map<string, string>();

  override transmit(message: Parameters<Plain['transmit']>[0]): void {
    if (!('id' in message)) super.transmit(message);
    else if (this.link?.welcome) {
      const id = crypto.randomUUID();
      this.#first.set(id, message.id);
      super.transmit({ ...message, id });
    }
  }

  override onAck(id: string): void {
    super.onAck(this.#first.get(id) ?? id);
  }

  override onError(error: Parameters<Plain['onError']>[0]): void {
    super.onError({ ...error, id: this.#first.get(error.id ?? '') ?? error.id });
  }
}
