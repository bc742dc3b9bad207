// You compare the beginning of the origin: https://chat.example.evil.example begins like yours (RFC 6454 §5).
import { type AnyRequest, ownOrigin } from '../../../workbook/chat/requests.ts';
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Prefix extends Server {
  override isAllowed(request: AnyRequest): boolean {
    const { origin } = request.headers;
    const allowed = [ownOrigin(request) ?? [], this.options.allowedOrigins ?? []].flat();
    return origin === undefined || allowed.some((each) => origin.startsWith(each));
  }
}

export const startChatServer = starterOf(Prefix);
