// You refuse requests without an Origin: programs have none, and are no danger to the users of a browser.
import type { AnyRequest } from '../../../workbook/chat/requests.ts';
import { Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class PagesOnly extends Server {
  override isAllowed(request: AnyRequest): boolean {
    return request.headers.origin !== undefined && super.isAllowed(request);
  }
}

export const startChatServer = starterOf(PagesOnly);
