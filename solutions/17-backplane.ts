import type { MessageOf, Position, RoomMessage, ServerMessage, User } from '#labs/10-protocol';
import { type Post, RoomLog, type RoomLogOptions } from '#labs/14-resume';
import { type Claims, MemoryClaims } from '#labs/15-auth';
import type { Clock } from '../workbook/clock.ts';

/** What a room has for someone who has read up to a position, or has never been there: lab 14's replay, and where it ends. */
export interface RoomHistory {
  epoch: string;
  /** The room's last number; 0 before its first message. */
  seq: number;
  /** True: `messages` is exactly what came after the position. False: they are the last ones. */
  recovered: boolean;
  messages: RoomMessage[];
}

/** What a backplane tells the node it belongs to. */
export interface BackplaneListener {
  /** Something was said in a room this node is in: in order of `seq`, each once, none left out. */
  message(message: RoomMessage): void;
  /** A user's first connection in the room, over all nodes, or the end of the last. Told to nodes in the room. */
  presence(room: string, user: User, event: 'joined' | 'left'): void;
  /** What was said is no longer to be had in full, or the numbering began anew: this is all there is. */
  reset(room: string, history: RoomHistory): void;
  /** For a user with a connection on this node. */
  direct(to: string, message: MessageOf<ServerMessage, 'direct'>): void;
  /** A sign-in was ended, on any node. */
  revoked(session: string): void;
  /** `isUp` has changed. */
  health(isUp: boolean): void;
}

/** The store cannot be reached, so nothing is promised: the sender tries again, under the same id. */
export class Unavailable extends Error {
  override name = 'Unavailable';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * What the nodes of a chat have in common: histories, who is where, and what is said. Every method that returns
 * a promise may reject with `Unavailable`, but for `leave`, `depart` and `stop`, which always do their part.
 */
export interface Backplane extends Claims {
  readonly name: 'memory' | 'redis';
  readonly isUp: boolean;
  /** To be called first. Ends once the store was tried for the first time; `isUp` says whether it was there. */
  start(listener: BackplaneListener): Promise<void>;
  /** Numbers a message, stores it and tells every node in the room. A repeat gets the number it has, and is not told. */
  append(room: string, post: Post): Promise<{ seq: number }>;
  /** All or nothing: everything after the position, or, where some of it is gone, the last messages. */
  read(room: string, since?: Position): Promise<RoomHistory>;
  /** A connection of this node joins. When it has resolved, all that is said from then on is heard. */
  enter(room: string, user: User): Promise<void>;
  /** A connection that had joined is gone. */
  leave(room: string, user: User): Promise<void>;
  /** Who is in the room: each user once, over all nodes that are alive. */
  membersOf(room: string): Promise<User[]>;
  /** A user has a connection on this node, or one more. */
  arrive(user: User): Promise<void>;
  /** One that had arrived is gone. */
  depart(user: User): Promise<void>;
  /** False when the user has no connection anywhere. A repeat, by sender and id, is true, and not delivered again. */
  direct(to: string, message: MessageOf<ServerMessage, 'direct'>): Promise<boolean>;
  /** Tells every node that a sign-in is ended. */
  revoke(session: string): Promise<void>;
  /** Takes this node out of everything it is in. */
  stop(): Promise<void>;
}

// #region solution: a helper of your own, if you like: users, with how many connections each of them has
/** Users, each with a number of connections. */
class Users {
  readonly #users = new Map<string, { user: User; connections: number }>();

  get size(): number {
    return this.#users.size;
  }

  has(id: string): boolean {
    return this.#users.has(id);
  }

  list(): User[] {
    return Array.from(this.#users.values(), ({ user }) => user);
  }

  /** True for the first connection of a user. */
  add(user: User): boolean {
    const known = this.#users.get(user.id);
    if (known) known.connections++;
    else this.#users.set(user.id, { user, connections: 1 });
    return !known;
  }

  /** True for the last connection of a user. */
  remove(user: User): boolean {
    const known = this.#users.get(user.id);
    return known !== undefined && --known.connections === 0 && this.#users.delete(user.id);
  }
}
// #endregion

export interface MemoryStoreOptions {
  /** Of each room's log. */
  log?: Omit<RoomLogOptions, 'epoch'>;
  /** Rooms whose logs are kept, empty ones included; those in use are always kept. Default: 1,000. */
  maxLogs?: number;
  /** Direct messages known again when they are repeated, over all users. Default: 10,000. */
  maxDirects?: number;
  clock?: Clock;
}

/** What nodes in one process share. Backplanes that are given the same one are one chat. */
export class MemoryStore {
  /** Tickets that were used, sessions that were ended. */
  readonly claims: Claims;
  // #region solution: the options, the nodes, each room's log and members, and the direct messages that were delivered
  readonly nodes = new Set<MemoryBackplane>();
  readonly #log: Omit<RoomLogOptions, 'epoch'>;
  readonly #maxLogs: number;
  readonly #maxDirects: number;
  /** The longest unused first: a Map keeps the order, and one that is used moves to the end. */
  readonly #logs = new Map<string, RoomLog>();
  readonly #members = new Map<string, Users>();
  /** The oldest first. */
  readonly #directs = new Set<string>();
  // #endregion

  constructor(options: MemoryStoreOptions = {}) {
    this.claims = new MemoryClaims(options.clock);
    // #region solution: keep the options, with their defaults
    this.#log = options.log ?? {};
    this.#maxLogs = options.maxLogs ?? 1_000;
    this.#maxDirects = options.maxDirects ?? 10_000;
    // #endregion
  }

  // #region solution: methods of your own, as your backplane needs them
  /** The log of a room. One that nobody is in is kept for those who come back, but not for ever. */
  log(room: string): RoomLog {
    const known = this.#logs.get(room);
    const log = known ?? new RoomLog(room, this.#log);
    this.#logs.delete(room);
    this.#logs.set(room, log);
    if (!known && this.#logs.size > this.#maxLogs) this.#forgetOne();
    return log;
  }

  membersOf(room: string): User[] {
    return this.#members.get(room)?.list() ?? [];
  }

  /** True for a user's first connection in the room, over all nodes. */
  enter(room: string, user: User): boolean {
    const members = this.#members.get(room) ?? new Users();
    this.#members.set(room, members);
    return members.add(user);
  }

  /** True for a user's last. */
  leave(room: string, user: User): boolean {
    const members = this.#members.get(room);
    const wasLast = members?.remove(user) ?? false;
    if (members?.size === 0) this.#members.delete(room);
    return wasLast;
  }

  wasDelivered(direct: string): boolean {
    return this.#directs.has(direct);
  }

  delivered(direct: string): void {
    this.#directs.add(direct);
    if (this.#directs.size <= this.#maxDirects) return;
    const [oldest] = this.#directs;
    this.#directs.delete(oldest);
  }

  #forgetOne(): void {
    for (const room of this.#logs.keys()) {
      if (this.#members.has(room)) continue;
      this.#logs.delete(room);
      return;
    }
  }
  // #endregion
}

/** The engine with no service to install: one process, and whoever shares its store. */
export class MemoryBackplane implements Backplane {
  readonly name = 'memory';
  // #region solution: the store, the listener, the members of each room on this node, and its users
  readonly #store: MemoryStore;
  readonly #rooms = new Map<string, Users>();
  readonly #users = new Users();
  #listener: BackplaneListener | undefined;
  // #endregion

  constructor({ store = new MemoryStore() }: { store?: MemoryStore } = {}) {
    // #region solution: keep the store
    this.#store = store;
    // #endregion
  }

  /** From `start` to `stop`: the memory of one's own process is always there. */
  get isUp(): boolean {
    // #region solution: whether it was started, and not stopped
    return this.#listener !== undefined;
    // #endregion
  }

  async start(listener: BackplaneListener): Promise<void> {
    // #region solution: keep the listener, be one of the store's nodes
    this.#listener = listener;
    this.#store.nodes.add(this);
    listener.health(true);
    // #endregion
  }

  async append(room: string, post: Post): Promise<{ seq: number }> {
    // #region solution: the log does it all; what is new is told to every node of the store that is in the room
    const { seq, message } = this.#store.log(room).append(post);
    if (message) {
      // Whoever waits for this promise goes first: an acknowledgement comes before the message it is about.
      queueMicrotask(() => queueMicrotask(() => this.#tellRoom(room, (to) => to.message(message))));
    }
    return { seq };
    // #endregion
  }

  async read(room: string, since?: Position): Promise<RoomHistory> {
    // #region solution: the log's replay, with the epoch and the last number
    const log = this.#store.log(room);
    return { epoch: log.epoch, seq: log.seq, ...log.replay(since) };
    // #endregion
  }

  async enter(room: string, user: User): Promise<void> {
    // #region solution: count it for this node and for the store; a user's first connection is told
    const members = this.#rooms.get(room) ?? new Users();
    this.#rooms.set(room, members);
    members.add(user);
    if (this.#store.enter(room, user)) this.#tellRoom(room, (to) => to.presence(room, user, 'joined'));
    // #endregion
  }

  async leave(room: string, user: User): Promise<void> {
    // #region solution: the reverse; forget rooms this node is no longer in
    const members = this.#rooms.get(room);
    if (!members?.has(user.id)) return;
    members.remove(user);
    if (members.size === 0) this.#rooms.delete(room);
    if (this.#store.leave(room, user)) this.#tellRoom(room, (to) => to.presence(room, user, 'left'));
    // #endregion
  }

  async membersOf(room: string): Promise<User[]> {
    // #region solution: the store counts over all nodes
    return this.#store.membersOf(room);
    // #endregion
  }

  async arrive(user: User): Promise<void> {
    // #region solution: count it for this node
    this.#users.add(user);
    // #endregion
  }

  async depart(user: User): Promise<void> {
    // #region solution: the reverse
    this.#users.remove(user);
    // #endregion
  }

  async direct(to: string, message: MessageOf<ServerMessage, 'direct'>): Promise<boolean> {
    // #region solution: a repeat is true at once; else tell every node that has the user, and remember it if one had
    const key = JSON.stringify([to, message.from.id, message.id]);
    if (this.#store.wasDelivered(key)) return true;
    const nodes = [...this.#store.nodes].filter((node) => node.#users.has(to));
    if (nodes.length === 0) return false;
    this.#store.delivered(key);
    for (const node of nodes) node.#listener?.direct(to, message);
    return true;
    // #endregion
  }

  async revoke(session: string): Promise<void> {
    // #region solution: tell every node
    for (const node of this.#store.nodes) node.#listener?.revoked(session);
    // #endregion
  }

  claim(key: string, lifetimeMs: number): Promise<boolean> {
    // #region solution: the store's claims
    return this.#store.claims.claim(key, lifetimeMs);
    // #endregion
  }

  isClaimed(key: string): Promise<boolean> {
    // #region solution: the store's claims
    return this.#store.claims.isClaimed(key);
    // #endregion
  }

  async stop(): Promise<void> {
    // #region solution: leave every room as often as it was entered, and be no node any more
    for (const [room, members] of this.#rooms) {
      for (const user of members.list()) while (members.has(user.id)) await this.leave(room, user);
    }
    this.#store.nodes.delete(this);
    this.#listener = undefined;
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  #tellRoom(room: string, tell: (listener: BackplaneListener) => void): void {
    for (const node of this.#store.nodes) {
      if (node.#listener && node.#rooms.has(room)) tell(node.#listener);
    }
  }
  // #endregion
}

export interface RedisOptions {
  /** `redis://host:6379`, `rediss://` for TLS, with `user:password@` where needed. Of a cluster: any one of its nodes. */
  url: string;
  /** Whether it is a Redis Cluster. Default: false. */
  cluster?: boolean;
  /** Stands before every key and channel: chats that share a Redis have different ones. Default: `chat`. */
  prefix?: string;
  /** Messages, bytes and ids a room keeps. `maxContentLength` counts UTF-8 bytes of the stored JSON here. */
  log?: Omit<RoomLogOptions, 'epoch'>;
  /** How long a room nobody writes in is kept, in ms. Default: 7 days. */
  keepMs?: number;
  /** After so many ms without a sign of life a node counts as dead, and its members as gone. Default: 15,000. */
  leaseMs?: number;
  /** How long Redis has to answer, in ms; past it the connection counts as dead. Default: 2,000. */
  timeoutMs?: number;
}

/** The engine for many processes: what they share is in Redis. */
export class RedisBackplane implements Backplane {
  readonly name = 'redis';
  readonly #options: RedisOptions;

  constructor(options: RedisOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return false;
  }

  async start(listener: BackplaneListener): Promise<void> {
    listener.health(false);
  }

  append(_room: string, _post: Post): Promise<{ seq: number }> {
    return this.#unavailable();
  }

  read(_room: string, _since?: Position): Promise<RoomHistory> {
    return this.#unavailable();
  }

  enter(_room: string, _user: User): Promise<void> {
    return this.#unavailable();
  }

  async leave(_room: string, _user: User): Promise<void> {}

  membersOf(_room: string): Promise<User[]> {
    return this.#unavailable();
  }

  arrive(_user: User): Promise<void> {
    return this.#unavailable();
  }

  async depart(_user: User): Promise<void> {}

  direct(_to: string, _message: MessageOf<ServerMessage, 'direct'>): Promise<boolean> {
    return this.#unavailable();
  }

  revoke(_session: string): Promise<void> {
    return this.#unavailable();
  }

  claim(_key: string, _lifetimeMs: number): Promise<boolean> {
    return this.#unavailable();
  }

  isClaimed(_key: string): Promise<boolean> {
    return this.#unavailable();
  }

  async stop(): Promise<void> {}

  async #unavailable(): Promise<never> {
    throw new Unavailable(`Redis at ${this.#options.url} does not answer.`, 1_000);
  }
}
