// You count sign-ins by the other end of TCP: behind a proxy all your users are one address, and one of them shuts out the others.
import type { AnyRequest } from '../../../workbook/chat/requests.ts';
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Nearsighted extends Server {
  override signInWait({ socket }: AnyRequest): number {
    return this.signIns.take(socket.remoteAddress ?? '');
  }
}

export const startChatServer = starterOf(Nearsighted);
