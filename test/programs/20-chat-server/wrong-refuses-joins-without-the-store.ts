// You answer a join with an error while the store is away: it has no id, so the client cannot tell what failed. Close with 1013.
import { Refusal } from '#labs/10-protocol';
import type { Unavailable } from '#labs/17-backplane';
import { Connection, Server, starterOf } from './right-every-step-a-method.ts';

export * from '../../../solutions/20-chat-server.ts';

class Polite extends Connection {
  override unavailable({ retryAfterMs }: Unavailable, work: Parameters<Connection['later']>[0]): void {
    const id = 'id' in work ? work.id : undefined;
    this.refuse(new Refusal('rate_limited', 'The store is away.', id, retryAfterMs));
  }
}

export const startChatServer = starterOf(Server, Polite);
