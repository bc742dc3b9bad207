// You log what clients send: a log is read by many and kept for years. Of a message, log nothing.
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Diary extends Server {
  override async chat(...asked: Parameters<Server['chat']>): Promise<void> {
    const [, { room, content }] = asked;
    this.options.log?.info({}, `chat in ${room}: ${content}`);
    await super.chat(...asked);
  }
}

export const startChatServer = starterOf(Diary);
