import type { MessageOf, Position, RoomMessage, ServerMessage, User } from '#labs/10-protocol';
import { type Post, RoomLog, type RoomLogOptions } from '#labs/14-resume';
import { type Claims, MemoryClaims } from '#labs/15-auth';
import { InTurn } from '../workbook/backplane/in-turn.ts';
import { Keys } from '../workbook/backplane/keys.ts';
import { RedisLink } from '../workbook/backplane/redis-link.ts';
import { RedisRevocations } from '../workbook/backplane/redis-revocations.ts';
import { RedisUsers } from '../workbook/backplane/redis-users.ts';
import { Roster } from '../workbook/backplane/roster.ts';
import { Users } from '../workbook/backplane/users.ts';
import type { Clock } from '../workbook/clock.ts';
import { Unfinished } from '../workbook/unfinished.ts';

export { Unavailable } from '../workbook/backplane/unavailable.ts';

/** What a room has for someone who has read up to a position, or has never been there: lab 14's replay, and where it ends. */
export interface RoomHistory {
  epoch: string;
  /** The room's last number; 0 before its first message. */
  seq: number;
  /** True: `messages` is exactly what came after the position. False: they are the last ones. */
  recovered: boolean;
  messages: RoomMessage[];
}

/** What became of a message that was appended. */
export interface Appended {
  /** Its number in the room. */
  seq: number;
  /** False for a repeat: it has the number it got the first time. */
  isNew: boolean;
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

/**
 * What the nodes of a chat have in common: histories, who is where, and what is said. Every method that returns
 * a promise may reject with `Unavailable`, but for `leave`, `depart` and `stop`, which always do their part.
 */
export interface Backplane extends Claims {
  readonly name: 'memory' | 'redis';
  readonly isUp: boolean;
  /** To be called first. Ends once the store was tried for the first time; `isUp` says whether it was there. */
  start(listener: BackplaneListener): Promise<void>;
  /** Numbers a message, stores it and tells every node in the room. A repeat is neither stored nor told again. */
  append(room: string, post: Post): Promise<Appended>;
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

  async append(room: string, post: Post): Promise<Appended> {
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

/**
 * One room as a node follows it: makes a sequence without holes of wake-ups that may come late, twice or not at
 * all. What is missing it reads; nothing is told before that has come.
 */
export class RoomFeed {
  // TODO: where to read, whom to tell, the position, and what came while something was being read

  /** `read` is given the position of the last message told, or nothing the first time. */
  constructor(read: (since?: Position) => Promise<RoomHistory>, listener: FeedListener) {
    // TODO: keep both
    throw new Unfinished('17-backplane: constructor');
  }

  /**
   * Reads what came after the position, and tells it. The first time that is nothing: the feed begins where the
   * room is now. Rejects when it cannot be read; the position is as before, and the next try continues there.
   */
  async catchUp(): Promise<void> {
    // TODO: hold what comes meanwhile; read since the position; tell the messages, or a reset where some are gone; then look at what was held
    throw new Unfinished('17-backplane: catchUp');
  }

  /** A message was published: told at once if it is the next, dropped if it was told, and else the reason to catch up. */
  take(epoch: string, message: RoomMessage): void {
    // TODO: compare with the position; nobody waits for a catching-up that starts here, so it must not reject unheard
    throw new Unfinished('17-backplane: take');
  }
}

/** What a feed tells: the two that are about messages. */
export interface FeedListener {
  message(message: RoomMessage): void;
  reset(history: RoomHistory): void;
}

interface Wakeup {
  epoch: string;
  message: RoomMessage;
}

export interface RedisOptions {
  /** `redis://host:6379`; `rediss://` for TLS; `user:password@` where needed. Of a cluster: any of its servers. */
  url: string;
  /** Whether it is a Redis Cluster. Default: false. */
  cluster?: boolean;
  /** Stands before every key and channel: chats that share a Redis have different ones. Default: `chat`. */
  prefix?: string;
  /** Of each room. `maxContentLength` counts the bytes of posts as they are stored, JSON in UTF-8. */
  log?: Omit<RoomLogOptions, 'epoch'>;
  /** How long a room is kept in which nobody writes, joins or leaves, in ms. Default: 7 days. */
  keepMs?: number;
  /** A node that has not renewed its lease for so long is dead, and its people are gone. In ms. Default: 15,000. */
  leaseMs?: number;
  /** How often Redis is pinged, in ms: after two intervals of silence the connection is given up. Default: 2,000. */
  timeoutMs?: number;
}

// Scripts are in Lua 5.1, and each is one step: nothing comes between its commands. All that are about a room are
// given the keys of Keys.ofRoom, in that order, and as their first arguments a random epoch and RedisOptions.keepMs.

/**
 * The beginning of every script about a room: sets `epoch` and `seq`.
 *
 * `generation` is set by the session: it names what this Redis remembers, and is another one when it may have
 * lost what it had acknowledged. The numbers that were lost are then given again, so the room gets a new epoch.
 * What is left of it stays, for those who come.
 */
function openRoom(): string {
  // TODO: names for KEYS and ARGV; compare the generation kept in `state`; a room that was lost whole has left no log or ids either; a function that puts off the end of the keys
  throw new Unfinished('17-backplane: openRoom');
}

/**
 * Is it a repeat? If not: the next number, the message, and word of it.
 *
 * ARGV[3]: sender and id. ARGV[4]: the post, JSON. ARGV[5..7]: how many messages, bytes and ids are kept.
 * Returns the number, and 1 for a new one or 0 for a repeat. Publishes `{epoch, seq, post}`.
 */
function appendScript(): string {
  // TODO: `ids` is a sorted set with the number as score; `log` is a stream with the number in each entry's id; forget the oldest over the limits; publish last
  throw new Unfinished('17-backplane: appendScript');
}

/**
 * All or nothing, as a log's replay, and all of one moment.
 *
 * ARGV[3], ARGV[4]: epoch and number of the position; an empty epoch where there is none. ARGV[5]: how many are
 * the last messages. Returns epoch, number, 1 or 0 for recovered or not, and the entries.
 */
function readScript(): string {
  // TODO: the first number kept follows from the last one and the length of the stream
  throw new Unfinished('17-backplane: readScript');
}

/**
 * Who is in a room, over all nodes: `members` has a field "node user" for each user of each node, with the user as
 * JSON, and `count` has how many nodes a user is on. Publishes `{event, user}` for the first and after the last.
 */
function presence(): string {
  // TODO: two Lua functions, enter(node, id, user) and leave(node, id); each does nothing the second time
  throw new Unfinished('17-backplane: presence');
}

/** ARGV[3..5]: the node, and its user's id and JSON. */
function enterScript(): string {
  // TODO: one line
  throw new Unfinished('17-backplane: enterScript');
}

/** ARGV[3], ARGV[4]: the node, and the id of its user. */
function leaveScript(): string {
  // TODO: one line
  throw new Unfinished('17-backplane: leaveScript');
}

/**
 * Puts a node's people under its new name, and takes away all that stands under the old one. Who is in both was
 * never gone, and nobody is told. A node that is dead has no new name, and no people.
 *
 * ARGV[3], ARGV[4]: the old name and the new one. After them, for each user, id and JSON.
 */
function replaceScript(): string {
  // TODO: first enter, then leave
  throw new Unfinished('17-backplane: replaceScript');
}

/**
 * Renews a lease, by the clock of Redis: the only one that all nodes share. `KEYS[1]` is a sorted set of the nodes
 * that are alive, each with the end of its lease.
 *
 * ARGV[1]: the node. ARGV[2]: how long, in ms. ARGV[3]: 'new' for a lease that begins. Returns the nodes that are
 * alive; none for a node whose lease had run out: it may have been taken for dead.
 */
function renewScript(): string {
  // TODO: forget those whose lease has ended; what has ended cannot be renewed
  throw new Unfinished('17-backplane: renewScript');
}

/** What the channel of a room carries. */
type Published = { epoch: string; seq: number; post: Post } | { event: 'joined' | 'left'; user: User };

/** An entry of a stream: its id, and its fields with their values. */
type Entry = [id: string, fields: string[]];

/** A room that connections of this node are in, or were a moment ago. */
interface Room {
  /** This node's. */
  users: Users;
  /** The ids of those that Redis has under this node's name. */
  entered: Set<string>;
  feed: RoomFeed;
  roster: Roster;
  /** Whether this node listens to the room's channel, and feed and roster have begun. */
  isOpen: boolean;
}

/** The engine for many processes: what they share is in Redis, version 7.0 or later. */
export class RedisBackplane implements Backplane {
  readonly name = 'redis';
  readonly #log: Required<Omit<RoomLogOptions, 'epoch'>>;
  readonly #keepMs: number;
  readonly #leaseMs: number;
  readonly #keys: Keys;
  readonly #link: RedisLink;
  readonly #users: RedisUsers;
  readonly #revocations: RedisRevocations;
  readonly #rooms = new Map<string, Room>();
  /** One thing at a time for each room. */
  readonly #turns = new InTurn();
  #listener: BackplaneListener | undefined;
  /** This node's name: another one in each session, so that who was taken for dead never comes back to life. */
  #node = '';
  /** The nodes that were alive when the lease was last renewed. */
  #living: readonly string[] = [];
  /** Until then a node that is missing may be one that has not come back yet. Of `performance.now()`, in ms. */
  #graceEndsAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @throws TypeError for a `url` that is none. */
  constructor(options: RedisOptions) {
    const log = { maxMessages: 500, maxContentLength: 131_072, lastMessages: 50, maxRemembered: 2_000 };
    this.#log = { ...log, ...options.log };
    this.#keepMs = options.keepMs ?? 7 * 24 * 60 * 60 * 1_000;
    this.#leaseMs = options.leaseMs ?? 15_000;
    this.#keys = new Keys(options.prefix ?? 'chat');
    this.#link = new RedisLink({
      url: new URL(options.url).href,
      cluster: options.cluster ?? false,
      timeoutMs: options.timeoutMs ?? 2_000,
      scripts: {
        append: appendScript(),
        read: readScript(),
        enter: enterScript(),
        leave: leaveScript(),
        replace: replaceScript(),
        renew: renewScript(),
        ...RedisUsers.scripts,
        ...RedisRevocations.scripts,
      },
      onSession: () => this.#recover(),
      onHealth: (isUp) => this.#listener?.health(isUp),
    });
    this.#users = new RedisUsers(this.#link, this.#keys, (to, message) => {
      this.#listener?.direct(to, message);
    });
    this.#revocations = new RedisRevocations(this.#link, this.#keys, (session) => {
      this.#listener?.revoked(session);
    });
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  async start(listener: BackplaneListener): Promise<void> {
    this.#listener = listener;
    await this.#link.start();
    this.#timer = setInterval(() => this.#renewLease().catch(() => {}), this.#leaseMs / 3);
  }

  async append(room: string, post: Post): Promise<Appended> {
    // TODO: run the script; an id is unique for its sender only
    throw new Unfinished('17-backplane: append');
  }

  async read(room: string, since?: Position): Promise<RoomHistory> {
    // TODO: run the script, make messages of the entries, the oldest first
    throw new Unfinished('17-backplane: read');
  }

  async enter(room: string, user: User): Promise<void> {
    // TODO: count it, then settle, in turn; when that fails it never happened
    throw new Unfinished('17-backplane: enter');
  }

  async leave(room: string, user: User): Promise<void> {
    // TODO: count it, then settle, in turn; where Redis is away, the next session settles it
    throw new Unfinished('17-backplane: leave');
  }

  async membersOf(room: string): Promise<User[]> {
    // TODO: the users of all nodes that are alive; what stands under the name of a dead one is taken out, which tells everybody in the room
    throw new Unfinished('17-backplane: membersOf');
  }

  arrive(user: User): Promise<void> {
    return this.#users.arrive(user);
  }

  depart(user: User): Promise<void> {
    return this.#users.depart(user);
  }

  direct(to: string, message: MessageOf<ServerMessage, 'direct'>): Promise<boolean> {
    return this.#users.direct(to, message);
  }

  revoke(session: string): Promise<void> {
    return this.#revocations.revoke(session);
  }

  async claim(key: string, lifetimeMs: number): Promise<boolean> {
    // TODO: one command of Redis sets a key that is not there, for a time
    throw new Unfinished('17-backplane: claim');
  }

  async isClaimed(key: string): Promise<boolean> {
    // TODO: is it there?
    throw new Unfinished('17-backplane: isClaimed');
  }

  /** Takes this node's people out of every room, if Redis is there. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const leaving = Array.from(this.#rooms.keys(), (room) =>
      this.#turns.run(room, () => this.#run('replace', room, [this.#node, ''])),
    );
    await Promise.allSettled(leaving);
    await this.#giveUp(this.#node).catch(() => {});
    this.#link.stop();
    this.#listener = undefined;
  }

  /** Runs a script about a room. */
  #run(script: string, room: string, args: readonly (string | number)[]): Promise<unknown> {
    const all = [crypto.randomUUID(), this.#keepMs, ...args];
    return this.#link.run(script, this.#keys.ofRoom(room), all.map(String));
  }

  #newRoom(name: string): Room {
    const room: Room = {
      users: new Users(),
      entered: new Set(),
      feed: new RoomFeed((since) => this.read(name, since), {
        message: (message) => this.#listener?.message(message),
        reset: (history) => this.#listener?.reset(name, history),
      }),
      roster: new Roster((user, event) => this.#listener?.presence(name, user, event)),
      isOpen: false,
    };
    this.#rooms.set(name, room);
    return room;
  }

  /** Brings Redis to where this node is, for one user in one room. Does nothing where that is so already. */
  async #settle(name: string, room: Room, user: User): Promise<void> {
    // TODO: who is here and was not: open the room first. Who was and is not any more. A room with nobody left: stop listening, and somebody may come while you do
    throw new Unfinished('17-backplane: #settle');
  }

  /** Listens first, then reads: what is asked on one connection is done in that order, and nothing falls in between. */
  async #open(name: string, room: Room): Promise<void> {
    // TODO: subscribe; catch up with the feed; load the roster
    throw new Unfinished('17-backplane: #open');
  }

  #heard(name: string, { feed, roster }: Room, text: string): void {
    const published = JSON.parse(text) as Published;
    if ('post' in published) feed.take(published.epoch, messageOf(name, published.seq, published.post));
    else roster.take(published.user, published.event);
  }

  /** After an outage some nodes come back later than others: for the time of a lease nobody is missed. */
  get #isGrace(): boolean {
    return performance.now() < this.#graceEndsAt;
  }

  #loadRoster(name: string, { roster }: Room): Promise<void> {
    return roster.load(() => this.membersOf(name), this.#isGrace);
  }

  #renew(node: string, isNew: 'new' | '' = ''): Promise<string[]> {
    const args = [node, String(this.#leaseMs), isNew];
    return this.#link.run('renew', [this.#keys.nodes], args) as Promise<string[]>;
  }

  async #giveUp(node: string): Promise<void> {
    await this.#link.send(this.#keys.nodes, ['ZREM', this.#keys.nodes, node]);
  }

  /** A new session: nobody listens to anything, and the lease may have run out. All is done anew, under a new name. */
  async #recover(): Promise<void> {
    // TODO: is the old lease alive? If not, a time of grace. A lease for a new name, before that name stands in any room. Users, revocations, rooms. The old lease last
    throw new Unfinished('17-backplane: #recover');
  }

  async #reenter(name: string, room: Room, old: string): Promise<void> {
    // TODO: replace what stands under the old name, and open the room if somebody is in it
    throw new Unfinished('17-backplane: #reenter');
  }

  /** Three times a lease. Whose lease is gone is dead: its people are taken out of the rooms this node is in. */
  async #renewLease(): Promise<void> {
    // TODO: without a lease a new session is needed; when a node is missing, or the grace has ended, load all rosters
    throw new Unfinished('17-backplane: #renewLease');
  }

  /** Those of the nodes that have no lease. */
  async #deadOf(nodes: ReadonlySet<string>): Promise<string[]> {
    // TODO: nobody in the time of grace; who is not known to be alive may be new: ask, now that you have seen its name
    throw new Unfinished('17-backplane: #deadOf');
  }

  #channelOf(room: string): string {
    return this.#keys.ofRoom(room)[5];
  }
}

function messageOf(room: string, seq: number, post: Post): RoomMessage {
  return { type: 'chat', room, seq, ...post };
}

/** Of a field of a room's `members`: what stands before the space. */
function nodeOf(field: string): string {
  return field.slice(0, field.indexOf(' '));
}
