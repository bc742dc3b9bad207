// The Redis engine counts connections before it asks the reference, so that Redis hears of a user once, and it answers repeated claims itself.
export * from '../../../solutions/17-backplane.ts';

import type { User } from '#labs/10-protocol';
import { RedisBackplane as Solution } from '../../../solutions/17-backplane.ts';

export class RedisBackplane extends Solution {
  readonly #counts = new Map<string, number>();
  readonly #claimed = new Map<string, number>();

  override async enter(room: string, user: User): Promise<void> {
    const count = this.#change(room, user, +1);
    if (count > 1) return;
    try {
      await super.enter(room, user);
    } catch (error) {
      this.#change(room, user, -1);
      throw error;
    }
  }

  override async leave(room: string, user: User): Promise<void> {
    const key = JSON.stringify([room, user.id]);
    if (!this.#counts.has(key)) return;
    if (this.#change(room, user, -1) === 0) await super.leave(room, user);
  }

  override async claim(key: string, lifetimeMs: number): Promise<boolean> {
    if ((this.#claimed.get(key) ?? 0) > Date.now()) return false;
    const isFirst = await super.claim(key, lifetimeMs);
    if (isFirst) this.#claimed.set(key, Date.now() + lifetimeMs);
    return isFirst;
  }

  #change(room: string, user: User, by: number): number {
    const key = JSON.stringify([room, user.id]);
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
    return count;
  }
}
