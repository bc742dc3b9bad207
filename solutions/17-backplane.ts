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

  async append(room: string, post: Post): Promise<Appended> {
    // #region solution: the log does it all; what is new is told to every node of the store that is in the room
    const { seq, message } = this.#store.log(room).append(post);
    if (message) {
      // Whoever waits for this promise goes first: an acknowledgement comes before the message it is about.
      queueMicrotask(() => queueMicrotask(() => this.#tellRoom(room, (to) => to.message(message))));
    }
    return { seq, isNew: message !== undefined };
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

/**
 * One room as a node follows it: makes a sequence without holes of wake-ups that may come late, twice or not at
 * all. What is missing it reads; nothing is told before that has come.
 */
export class RoomFeed {
  // #region solution: where to read, whom to tell, the position, and what came while something was being read
  readonly #read: (since?: Position) => Promise<RoomHistory>;
  readonly #listener: FeedListener;
  #position: Position | undefined;
  /** Undefined while nothing is being read. */
  #held: Wakeup[] | undefined;
  // #endregion

  /** `read` is given the position of the last message told, or nothing the first time. */
  constructor(read: (since?: Position) => Promise<RoomHistory>, listener: FeedListener) {
    // #region solution: keep both
    this.#read = read;
    this.#listener = listener;
    // #endregion
  }

  // #region catch-up
  /**
   * Reads what came after the position, and tells it. The first time that is nothing: the feed begins where the
   * room is now. Rejects when it cannot be read; the position is as before, and the next try continues there.
   */
  async catchUp(): Promise<void> {
    // #region solution: hold what comes meanwhile; read since the position; tell the messages, or a reset where some are gone; then look at what was held
    if (this.#held) return;
    const held: Wakeup[] = [];
    this.#held = held;
    try {
      const before = this.#position;
      const history = await this.#read(before);
      this.#position = { epoch: history.epoch, seq: history.seq };
      if (before && history.recovered) for (const each of history.messages) this.#listener.message(each);
      else if (before) this.#listener.reset(history);
    } finally {
      this.#held = undefined;
    }
    for (const { epoch, message } of held) this.take(epoch, message);
    // #endregion
  }
  // #endregion catch-up

  // #region take
  /** A message was published: told at once if it is the next, dropped if it was told, and else the reason to catch up. */
  take(epoch: string, message: RoomMessage): void {
    // #region solution: compare with the position; nobody waits for a catching-up that starts here, so it must not reject unheard
    if (this.#held || !this.#position) {
      this.#held?.push({ epoch, message });
      return;
    }
    const ahead = epoch === this.#position.epoch ? message.seq - this.#position.seq : Number.NaN;
    if (ahead <= 0) return;
    if (ahead === 1) {
      this.#position.seq = message.seq;
      this.#listener.message(message);
    } else {
      // When it fails Redis is gone, and whoever finds it again catches up.
      this.catchUp().catch(() => {});
    }
    // #endregion
  }
  // #endregion take
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

// #region open-room
/**
 * The beginning of every script about a room: sets `epoch` and `seq`.
 *
 * `generation` is set by the session: it names what this Redis remembers, and is another one when it may have
 * lost what it had acknowledged. The numbers that were lost are then given again, so the room gets a new epoch.
 * What is left of it stays, for those who come.
 */
function openRoom(): string {
  // #region solution: names for KEYS and ARGV; compare the generation kept in `state`; a room that was lost whole has left no log or ids either; a function that puts off the end of the keys
  return `
  local state, log, ids, members, count, channel = unpack(KEYS)
  local newEpoch, keepMs = ARGV[1], tonumber(ARGV[2])

  local known, epoch, seq = unpack(redis.call('HMGET', state, 'generation', 'epoch', 'seq'))
  seq = tonumber(seq or 0)
  if known ~= generation then
    if not known then redis.call('DEL', log, ids) end
    epoch = newEpoch
    redis.call('HSET', state, 'generation', generation, 'epoch', epoch)
  end

  local function keep(key)
    if redis.call('PTTL', key) > keepMs / 2 then return end
    for i = 1, 5 do redis.call('PEXPIRE', KEYS[i], keepMs) end
  end
  `;
  // #endregion
}
// #endregion open-room

// #region append-script
/**
 * Is it a repeat? If not: the next number, the message, and word of it.
 *
 * ARGV[3]: sender and id. ARGV[4]: the post, JSON. ARGV[5..7]: how many messages, bytes and ids are kept.
 * Returns the number, and 1 for a new one or 0 for a repeat. Publishes `{epoch, seq, post}`.
 */
function appendScript(): string {
  // #region solution: `ids` is a sorted set with the number as score; `log` is a stream with the number in each entry's id; forget the oldest over the limits; publish last
  return `${openRoom()}
  local key, post = ARGV[3], ARGV[4]
  local maxMessages, maxBytes, maxRemembered = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])

  local posted = redis.call('ZSCORE', ids, key)
  if posted then return { tonumber(posted), 0 } end

  seq = redis.call('HINCRBY', state, 'seq', 1)
  redis.call('ZADD', ids, seq, key)
  redis.call('ZREMRANGEBYSCORE', ids, '-inf', seq - maxRemembered)
  redis.call('XADD', log, seq .. '-0', 'post', post)

  local kept, bytes = redis.call('XLEN', log), redis.call('HINCRBY', state, 'bytes', #post)
  while kept > 0 and (kept > maxMessages or bytes > maxBytes) do
    local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
    redis.call('XDEL', log, oldest[1])
    bytes = redis.call('HINCRBY', state, 'bytes', -#oldest[2][2])
    kept = kept - 1
  end
  keep(log)

  redis.call('SPUBLISH', channel, '{"epoch":"' .. epoch .. '","seq":' .. seq .. ',"post":' .. post .. '}')
  return { seq, 1 }
  `;
  // #endregion
}
// #endregion append-script

/**
 * All or nothing, as a log's replay, and all of one moment.
 *
 * ARGV[3], ARGV[4]: epoch and number of the position; an empty epoch where there is none. ARGV[5]: how many are
 * the last messages. Returns epoch, number, 1 or 0 for recovered or not, and the entries.
 */
function readScript(): string {
  // #region solution: the first number kept follows from the last one and the length of the stream
  return `${openRoom()}
  local sinceEpoch, since, lastMessages = ARGV[3], tonumber(ARGV[4]), ARGV[5]

  local first = seq - redis.call('XLEN', log) + 1
  if sinceEpoch == epoch and since >= first - 1 and since <= seq then
    return { epoch, seq, 1, redis.call('XRANGE', log, (since + 1) .. '-0', '+') }
  end
  return { epoch, seq, 0, redis.call('XREVRANGE', log, '+', '-', 'COUNT', lastMessages) }
  `;
  // #endregion
}

// #region presence-scripts
/**
 * Who is in a room, over all nodes: `members` has a field "node user" for each user of each node, with the user as
 * JSON, and `count` has how many nodes a user is on. Publishes `{event, user}` for the first and after the last.
 */
function presence(): string {
  // #region solution: two Lua functions, enter(node, id, user) and leave(node, id); each does nothing the second time
  return `${openRoom()}
  local function tell(event, user)
    redis.call('SPUBLISH', channel, '{"event":"' .. event .. '","user":' .. user .. '}')
  end

  local function enter(node, id, user)
    local isNew = redis.call('HSET', members, node .. ' ' .. id, user) == 1
    if isNew and redis.call('HINCRBY', count, id, 1) == 1 then tell('joined', user) end
  end

  local function leave(node, id)
    local field = node .. ' ' .. id
    local user = redis.call('HGET', members, field)
    if not user then return end
    redis.call('HDEL', members, field)
    if redis.call('HINCRBY', count, id, -1) > 0 then return end
    redis.call('HDEL', count, id)
    tell('left', user)
  end
  `;
  // #endregion
}

/** ARGV[3..5]: the node, and its user's id and JSON. */
function enterScript(): string {
  // #region solution: one line
  return `${presence()}
  enter(ARGV[3], ARGV[4], ARGV[5])
  keep(members)
  `;
  // #endregion
}

/** ARGV[3], ARGV[4]: the node, and the id of its user. */
function leaveScript(): string {
  // #region solution: one line
  return `${presence()}
  leave(ARGV[3], ARGV[4])
  keep(members)
  `;
  // #endregion
}

/**
 * Puts a node's people under its new name, and takes away all that stands under the old one. Who is in both was
 * never gone, and nobody is told. A node that is dead has no new name, and no people.
 *
 * ARGV[3], ARGV[4]: the old name and the new one. After them, for each user, id and JSON.
 */
function replaceScript(): string {
  // #region solution: first enter, then leave
  return `${presence()}
  local old, new = ARGV[3], ARGV[4]
  for i = 5, #ARGV, 2 do enter(new, ARGV[i], ARGV[i + 1]) end
  for _, field in ipairs(redis.call('HKEYS', members)) do
    if field:sub(1, #old + 1) == old .. ' ' then leave(old, field:sub(#old + 2)) end
  end
  keep(members)
  `;
  // #endregion
}
// #endregion presence-scripts

// #region renew-script
/**
 * Renews a lease, by the clock of Redis: the only one that all nodes share. `KEYS[1]` is a sorted set of the nodes
 * that are alive, each with the end of its lease.
 *
 * ARGV[1]: the node. ARGV[2]: how long, in ms. ARGV[3]: 'new' for a lease that begins. Returns the nodes that are
 * alive; none for a node whose lease had run out: it may have been taken for dead.
 */
function renewScript(): string {
  // #region solution: forget those whose lease has ended; what has ended cannot be renewed
  return `
  local nodes, node, leaseMs, isNew = KEYS[1], ARGV[1], ARGV[2], ARGV[3] == 'new'
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZREMRANGEBYSCORE', nodes, '-inf', now)
  if not isNew and not redis.call('ZSCORE', nodes, node) then return {} end
  redis.call('ZADD', nodes, now + leaseMs, node)
  return redis.call('ZRANGE', nodes, 0, -1)
  `;
  // #endregion
}
// #endregion renew-script

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
    // #region solution: run the script; an id is unique for its sender only
    const { maxMessages, maxContentLength, maxRemembered } = this.#log;
    const key = JSON.stringify([post.from.id, post.id]);
    const args = [key, JSON.stringify(post), maxMessages, maxContentLength, maxRemembered];
    const [seq, isNew] = (await this.#run('append', room, args)) as [number, number];
    return { seq, isNew: isNew === 1 };
    // #endregion
  }

  async read(room: string, since?: Position): Promise<RoomHistory> {
    // #region solution: run the script, make messages of the entries, the oldest first
    const args = [since?.epoch ?? '', since?.seq ?? 0, this.#log.lastMessages];
    const reply = (await this.#run('read', room, args)) as [string, number, number, Entry[]];
    const [epoch, seq, recovered, entries] = reply;
    const messages = entries.map(([id, [, post]]) =>
      messageOf(room, Number.parseInt(id, 10), JSON.parse(post) as Post),
    );
    if (recovered === 0) messages.reverse();
    return { epoch, seq, recovered: recovered === 1, messages };
    // #endregion
  }

  async enter(room: string, user: User): Promise<void> {
    // #region solution: count it, then settle, in turn; when that fails it never happened
    const entered = this.#rooms.get(room) ?? this.#newRoom(room);
    entered.users.add(user);
    try {
      await this.#turns.run(room, () => this.#settle(room, entered, user));
    } catch (error) {
      entered.users.remove(user);
      if (entered.users.size === 0) this.#rooms.delete(room);
      throw error;
    }
    // #endregion
  }

  async leave(room: string, user: User): Promise<void> {
    // #region solution: count it, then settle, in turn; where Redis is away, the next session settles it
    const left = this.#rooms.get(room);
    if (!left?.users.has(user.id)) return;
    left.users.remove(user);
    await this.#turns.run(room, () => this.#settle(room, left, user)).catch(() => {});
    // #endregion
  }

  // #region members-of
  async membersOf(room: string): Promise<User[]> {
    // #region solution: the users of all nodes that are alive; what stands under the name of a dead one is taken out, which tells everybody in the room
    const [, , , members] = this.#keys.ofRoom(room);
    const entries = Object.entries((await this.#link.send(members, ['HGETALL', members])) as object);
    const dead = await this.#deadOf(new Set(entries.map(([field]) => nodeOf(field))));
    await Promise.all(dead.map((node) => this.#run('replace', room, [node, ''])));
    const users = entries
      .filter(([field]) => !dead.includes(nodeOf(field)))
      .map(([, user]) => JSON.parse(user) as User);
    return [...new Map(users.map((user) => [user.id, user])).values()];
    // #endregion
  }
  // #endregion members-of

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
    // #region solution: one command of Redis sets a key that is not there, for a time
    const name = this.#keys.ofClaim(key);
    const lifetime = String(Math.ceil(lifetimeMs));
    return (await this.#link.send(name, ['SET', name, '', 'NX', 'PX', lifetime])) === 'OK';
    // #endregion
  }

  async isClaimed(key: string): Promise<boolean> {
    // #region solution: is it there?
    const name = this.#keys.ofClaim(key);
    return (await this.#link.send(name, ['EXISTS', name])) === 1;
    // #endregion
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

  // #region settle
  /** Brings Redis to where this node is, for one user in one room. Does nothing where that is so already. */
  async #settle(name: string, room: Room, user: User): Promise<void> {
    // #region solution: who is here and was not: open the room first. Who was and is not any more. A room with nobody left: stop listening, and somebody may come while you do
    const isHere = room.users.has(user.id);
    if (isHere && !room.isOpen) await this.#open(name, room);
    if (isHere && !room.entered.has(user.id)) {
      await this.#run('enter', name, [this.#node, user.id, JSON.stringify(user)]);
      room.entered.add(user.id);
    }
    if (!isHere && room.entered.delete(user.id)) await this.#run('leave', name, [this.#node, user.id]);
    if (room.users.size > 0 || !room.isOpen) return;
    room.isOpen = false;
    await this.#link.unsubscribe(this.#channelOf(name));
    if (room.users.size === 0) this.#rooms.delete(name);
    // #endregion
  }

  /** Listens first, then reads: what is asked on one connection is done in that order, and nothing falls in between. */
  async #open(name: string, room: Room): Promise<void> {
    // #region solution: subscribe; catch up with the feed; load the roster
    await Promise.all([
      this.#link.subscribe(this.#channelOf(name), (text) => this.#heard(name, room, text)),
      room.feed.catchUp(),
      this.#loadRoster(name, room),
    ]);
    room.isOpen = true;
    // #endregion
  }
  // #endregion settle

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

  // #region recover
  /** A new session: nobody listens to anything, and the lease may have run out. All is done anew, under a new name. */
  async #recover(): Promise<void> {
    // #region solution: is the old lease alive? If not, a time of grace. A lease for a new name, before that name stands in any room. Users, revocations, rooms. The old lease last
    const old = this.#node;
    for (const room of this.#rooms.values()) room.isOpen = false;
    const wasAlive = old !== '' && (await this.#renew(old)).length > 0;
    this.#graceEndsAt = wasAlive ? 0 : performance.now() + this.#leaseMs;
    const node = crypto.randomUUID();
    this.#living = await this.#renew(node, 'new');
    this.#node = node;
    await Promise.all([
      this.#users.recover(),
      this.#revocations.recover(),
      ...Array.from(this.#rooms, ([name, room]) =>
        this.#turns.run(name, () => this.#reenter(name, room, old)),
      ),
    ]);
    await this.#giveUp(old);
    // #endregion
  }

  async #reenter(name: string, room: Room, old: string): Promise<void> {
    // #region solution: replace what stands under the old name, and open the room if somebody is in it
    const users = room.users.list();
    room.entered = new Set(users.map(({ id }) => id));
    const people = users.flatMap((user) => [user.id, JSON.stringify(user)]);
    await this.#run('replace', name, [old, this.#node, ...people]);
    if (room.users.size === 0) this.#rooms.delete(name);
    else if (!room.isOpen) await this.#open(name, room);
    // #endregion
  }
  // #endregion recover

  // #region lease
  /** Three times a lease. Whose lease is gone is dead: its people are taken out of the rooms this node is in. */
  async #renewLease(): Promise<void> {
    // #region solution: without a lease a new session is needed; when a node is missing, or the grace has ended, load all rosters
    const living = await this.#renew(this.#node);
    if (living.length === 0) return this.#link.renew('the lease had run out');
    const isMissing = this.#living.some((node) => !living.includes(node));
    const graceHasEnded = this.#graceEndsAt > 0 && !this.#isGrace;
    this.#living = living;
    if (graceHasEnded) this.#graceEndsAt = 0;
    if (!isMissing && !graceHasEnded) return;
    await Promise.all(
      Array.from(this.#rooms, ([name, room]) => this.#turns.run(name, () => this.#loadRoster(name, room))),
    );
    // #endregion
  }

  /** Those of the nodes that have no lease. */
  async #deadOf(nodes: ReadonlySet<string>): Promise<string[]> {
    // #region solution: nobody in the time of grace; who is not known to be alive may be new: ask, now that you have seen its name
    const unknown = [...nodes].filter((node) => !this.#living.includes(node));
    if (unknown.length === 0 || this.#isGrace) return [];
    const living = await this.#renew(this.#node);
    return living.length === 0 ? [] : unknown.filter((node) => !living.includes(node));
    // #endregion
  }
  // #endregion lease

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
