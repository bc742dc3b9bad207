// Your node takes a user out of a room in Redis when the first of their tabs is closed.
export * from '../../../solutions/17-backplane.ts';

import type { User } from '#labs/10-protocol';
import { RedisBackplane as Solution } from '../../../solutions/17-backplane.ts';

export class RedisBackplane extends Solution {
  readonly #entered = new Map<string, number>();

  override async enter(room: string, user: User): Promise<void> {
    await super.enter(room, user);
    this.#entered.set(room + user.id, (this.#entered.get(room + user.id) ?? 0) + 1);
  }

  override async leave(room: string, user: User): Promise<void> {
    for (let n = this.#entered.get(room + user.id) ?? 0; n > 0; n--) await super.leave(room, user);
    this.#entered.delete(room + user.id);
  }
}
