import type { MessageOf, ServerMessage, User } from '#labs/10-protocol';
import { InTurn } from './in-turn.ts';
import type { Keys } from './keys.ts';
import type { RedisLink } from './redis-link.ts';
import { Users } from './users.ts';

type Direct = MessageOf<ServerMessage, 'direct'>;

/** A direct message is known again when it is repeated within this time, in ms. */
const rememberedMs = 600_000;

/** A user is connected where somebody listens to their channel: the node that is gone does not. */
const direct = `
  local delivered, channel = unpack(KEYS)
  if redis.call('EXISTS', delivered) == 1 then return 1 end
  if redis.call('SPUBLISH', channel, ARGV[1]) == 0 then return 0 end
  redis.call('SET', delivered, '', 'PX', ARGV[2])
  return 1
`;

/** The users with a connection on this node, and the way to all others: a channel a user. */
export class RedisUsers {
  static readonly scripts = { direct };
  readonly #link: RedisLink;
  readonly #keys: Keys;
  readonly #deliver: (to: string, message: Direct) => void;
  readonly #users = new Users();
  readonly #turns = new InTurn();
  /** The ids of users whose channels this node listens to. */
  readonly #listening = new Set<string>();

  constructor(link: RedisLink, keys: Keys, deliver: (to: string, message: Direct) => void) {
    this.#link = link;
    this.#keys = keys;
    this.#deliver = deliver;
  }

  async arrive(user: User): Promise<void> {
    this.#users.add(user);
    try {
      await this.#settle(user.id);
    } catch (error) {
      this.#users.remove(user);
      throw error;
    }
  }

  async depart(user: User): Promise<void> {
    this.#users.remove(user);
    // Where Redis is away its subscriptions are gone already.
    await this.#settle(user.id).catch(() => {});
  }

  async direct(to: string, message: Direct): Promise<boolean> {
    const keys = [this.#keys.ofDirect(to, message.from.id, message.id), this.#keys.ofUser(to)];
    return (await this.#link.run('direct', keys, [JSON.stringify(message), String(rememberedMs)])) === 1;
  }

  /** In a new session nobody is listened to. */
  async recover(): Promise<void> {
    this.#listening.clear();
    await Promise.all(this.#users.list().map(({ id }) => this.#settle(id)));
  }

  #settle(id: string): Promise<void> {
    return this.#turns.run(id, async () => {
      const isHere = this.#users.has(id);
      const channel = this.#keys.ofUser(id);
      if (isHere && !this.#listening.has(id)) {
        await this.#link.subscribe(channel, (text) => this.#deliver(id, JSON.parse(text)));
        this.#listening.add(id);
      }
      if (!isHere && this.#listening.delete(id)) await this.#link.unsubscribe(channel);
    });
  }
}
