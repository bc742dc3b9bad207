// You believe X-Forwarded-For whoever sends it: a client makes up a new address for each connection.
import { type AnyRequest, forwardedFor } from '../../../workbook/chat/requests.ts';
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Credulous extends Server {
  override addressOf(request: AnyRequest): string {
    return forwardedFor(request)?.split(',')[0] ?? super.addressOf(request);
  }
}

export const startChatServer = starterOf(Credulous);
