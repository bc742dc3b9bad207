import type { User } from '#labs/10-protocol';

/** Users, each with a number of connections. */
export class Users {
  readonly #users = new Map<string, { user: User; connections: number }>();

  get size(): number {
    return this.#users.size;
  }

  has(id: string): boolean {
    return this.#users.has(id);
  }

  /** Each once. */
  list(): User[] {
    return Array.from(this.#users.values(), ({ user }) => user);
  }

  /** One connection more. True for the user's first. */
  add(user: User): boolean {
    const known = this.#users.get(user.id);
    if (known) known.connections++;
    else this.#users.set(user.id, { user, connections: 1 });
    return !known;
  }

  /** One connection less. True for the user's last; false, too, for a user who has none. */
  remove(user: User): boolean {
    const known = this.#users.get(user.id);
    if (!known || --known.connections > 0) return false;
    return this.#users.delete(user.id);
  }
}
