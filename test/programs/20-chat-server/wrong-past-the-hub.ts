// You send to a member past the hub: nobody looks at what waits for a slow reader.
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Direct extends Connection {
  override get bufferedAmount(): number {
    return 0;
  }
}

export const startChatServer = starterOf(Server, Direct);
