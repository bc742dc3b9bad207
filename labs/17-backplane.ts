import type { MessageOf, Position, RoomMessage, ServerMessage, User } from '#labs/10-protocol';
import { type Post, RoomLog, type RoomLogOptions } from '#labs/14-resume';
import { type Claims, MemoryClaims } from '#labs/15-auth';
import type { Clock } from '../workbook/clock.ts';
import { Unfinished } from '../workbook/unfinished.ts';

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

// TODO: a helper of your own, if you like: users, with how many connections each of them has

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
  // TODO: the options, the nodes, each room's log and members, and the direct messages that were delivered

  constructor(options: MemoryStoreOptions = {}) {
    this.claims = new MemoryClaims(options.clock);
    // TODO: keep the options, with their defaults
    throw new Unfinished('17-backplane: constructor');
  }

  // TODO: methods of your own, as your backplane needs them
}

/** The engine with no service to install: one process, and whoever shares its store. */
export class MemoryBackplane implements Backplane {
  readonly name = 'memory';
  // TODO: the store, the listener, the members of each room on this node, and its users

  constructor({ store = new MemoryStore() }: { store?: MemoryStore } = {}) {
    // TODO: keep the store
    throw new Unfinished('17-backplane: constructor');
  }

  /** From `start` to `stop`: the memory of one's own process is always there. */
  get isUp(): boolean {
    // TODO: whether it was started, and not stopped
    throw new Unfinished('17-backplane: isUp');
  }

  async start(listener: BackplaneListener): Promise<void> {
    // TODO: keep the listener, be one of the store's nodes
    throw new Unfinished('17-backplane: start');
  }

  async append(room: string, post: Post): Promise<{ seq: number }> {
    // TODO: the log does it all; what is new is told to every node of the store that is in the room
    throw new Unfinished('17-backplane: append');
  }

  async read(room: string, since?: Position): Promise<RoomHistory> {
    // TODO: the log's replay, with the epoch and the last number
    throw new Unfinished('17-backplane: read');
  }

  async enter(room: string, user: User): Promise<void> {
    // TODO: count it for this node and for the store; a user's first connection is told
    throw new Unfinished('17-backplane: enter');
  }

  async leave(room: string, user: User): Promise<void> {
    // TODO: the reverse; forget rooms this node is no longer in
    throw new Unfinished('17-backplane: leave');
  }

  async membersOf(room: string): Promise<User[]> {
    // TODO: the store counts over all nodes
    throw new Unfinished('17-backplane: membersOf');
  }

  async arrive(user: User): Promise<void> {
    // TODO: count it for this node
    throw new Unfinished('17-backplane: arrive');
  }

  async depart(user: User): Promise<void> {
    // TODO: the reverse
    throw new Unfinished('17-backplane: depart');
  }

  async direct(to: string, message: MessageOf<ServerMessage, 'direct'>): Promise<boolean> {
    // TODO: a repeat is true at once; else tell every node that has the user, and remember it if one had
    throw new Unfinished('17-backplane: direct');
  }

  async revoke(session: string): Promise<void> {
    // TODO: tell every node
    throw new Unfinished('17-backplane: revoke');
  }

  claim(key: string, lifetimeMs: number): Promise<boolean> {
    // TODO: the store's claims
    throw new Unfinished('17-backplane: claim');
  }

  isClaimed(key: string): Promise<boolean> {
    // TODO: the store's claims
    throw new Unfinished('17-backplane: isClaimed');
  }

  async stop(): Promise<void> {
    // TODO: leave every room as often as it was entered, and be no node any more
    throw new Unfinished('17-backplane: stop');
  }

  // TODO: private methods of your own, if you like
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
