import type { User } from '#labs/10-protocol';

type Event = 'joined' | 'left';

/** Who is in a room, as a node has been told: what it is told twice it drops, and what it missed it finds by a list. */
export class Roster {
  readonly #tell: (user: User, event: Event) => void;
  /** Undefined before the first list. */
  #users: Map<string, User> | undefined;
  /** What came while a list was being read. Undefined while none is. */
  #held: { user: User; event: Event }[] | undefined;

  /** `tell` is called once for each change. */
  constructor(tell: (user: User, event: Event) => void) {
    this.#tell = tell;
  }

  /** Takes a live event. */
  take(user: User, event: Event): void {
    if (this.#held) this.#held.push({ user, event });
    else this.#set(user, event);
  }

  /**
   * Reads who is there, and tells what has changed; the first time, nothing. Live events are held meanwhile, and
   * set right what the list did not have yet. `mayLack` says that who is not in the list may be there all the same.
   */
  async load(read: () => Promise<User[]>, mayLack: boolean): Promise<void> {
    const held: { user: User; event: Event }[] = [];
    this.#held = held;
    try {
      this.#compare(await read(), mayLack);
    } finally {
      this.#held = undefined;
    }
    for (const { user, event } of held) this.#set(user, event);
  }

  #compare(users: readonly User[], mayLack: boolean): void {
    const there = new Map(users.map((user) => [user.id, user]));
    const before = this.#users ?? there;
    this.#users ??= new Map(there);
    for (const user of users) this.#set(user, 'joined');
    if (mayLack) return;
    for (const user of [...before.values()]) if (!there.has(user.id)) this.#set(user, 'left');
  }

  #set(user: User, event: Event): void {
    if (!this.#users || this.#users.has(user.id) === (event === 'joined')) return;
    if (event === 'joined') this.#users.set(user.id, user);
    else this.#users.delete(user.id);
    this.#tell(user, event);
  }
}
