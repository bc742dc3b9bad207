import type { ClientMessage, MessageOf, Position, RoomMessage, ServerMessage } from '#labs/10-protocol';

export interface RoomLogOptions {
  /** Names this numbering: a room that begins to count anew, after a crash say, has another. Default: random. */
  epoch?: string;
  /** Messages kept. Default: 500. */
  maxMessages?: number;
  /** Characters of content kept, over all messages, in UTF-16 code units. Default: 131,072. */
  maxContentLength?: number;
  /** How many of the last messages one gets who is new, or was away for too long. Default: 50. */
  lastMessages?: number;
  /** Messages whose ids are remembered, so that none of them is stored twice. Default: 2,000. */
  maxRemembered?: number;
}

/** What a log has for someone who has read up to a position, or has never been there. */
export interface Replay {
  /** True: `messages` is exactly what came after the position. False: they are the last ones. */
  recovered: boolean;
  messages: RoomMessage[];
}

/** A message before it has its number. */
export type Post = Omit<RoomMessage, 'type' | 'room' | 'seq'>;

/**
 * The server's half: the last messages of one room, numbered from 1 without gaps. Whichever of its limits is
 * reached first drops the oldest message.
 */
export class RoomLog {
  /** At most 64 characters. */
  readonly epoch: string;
  // #region solution: the room, the limits, the messages kept, the last number, and the numbers of what was posted, by sender and id
  readonly #room: string;
  readonly #maxMessages: number;
  readonly #maxContentLength: number;
  readonly #lastMessages: number;
  readonly #maxRemembered: number;
  readonly #messages: RoomMessage[] = [];
  /** The number of each message remembered, by its sender and id. A Map keeps the order: the first is the oldest. */
  readonly #posted = new Map<string, number>();
  #contentLength = 0;
  #seq = 0;
  // #endregion

  constructor(room: string, options: RoomLogOptions = {}) {
    this.epoch = options.epoch ?? crypto.randomUUID();
    // #region solution: keep the room and the limits, with their defaults
    this.#room = room;
    this.#maxMessages = options.maxMessages ?? 500;
    this.#maxContentLength = options.maxContentLength ?? 131_072;
    this.#lastMessages = options.lastMessages ?? 50;
    this.#maxRemembered = options.maxRemembered ?? 2_000;
    // #endregion
  }

  /** The number of the last message; 0 before the first. */
  get seq(): number {
    // #region solution: the last number given
    return this.#seq;
    // #endregion
  }

  // #region append
  /**
   * Numbers a message and keeps it. For one that its sender has posted before, under the same id, `message` is
   * undefined: nothing is stored, nobody is told, and the sender gets the acknowledgement they have missed.
   */
  append(post: Post): { seq: number; message?: RoomMessage } {
    // #region solution: is it a repeat? If not: the next number, store it, and drop the oldest over the limits
    const key = keyOf(post);
    const posted = this.#posted.get(key);
    if (posted !== undefined) return { seq: posted };
    const message: RoomMessage = { type: 'chat', room: this.#room, seq: ++this.#seq, ...post };
    this.#messages.push(message);
    this.#posted.set(key, message.seq);
    this.#contentLength += message.content.length;
    this.#forgetOldest();
    return { seq: message.seq, message };
    // #endregion
  }
  // #endregion append

  // #region replay
  /** All or nothing: every message after the position, or, where one of them is gone, the last ones. */
  replay(since?: Position): Replay {
    // #region solution: recovered when the epoch is ours and nothing after the position is gone; a position may also be from the future
    const first = this.#seq - this.#messages.length + 1;
    if (since?.epoch === this.epoch && since.seq >= first - 1 && since.seq <= this.#seq) {
      return { recovered: true, messages: this.#messages.slice(since.seq - first + 1) };
    }
    const last = Math.min(this.#messages.length, this.#lastMessages);
    return { recovered: false, messages: this.#messages.slice(this.#messages.length - last) };
    // #endregion
  }
  // #endregion replay

  // #region solution: private methods of your own, if you like
  #forgetOldest(): void {
    while (this.#messages.length > this.#maxMessages || this.#contentLength > this.#maxContentLength) {
      this.#contentLength -= this.#messages.shift()?.content.length ?? 0;
    }
    if (this.#posted.size > this.#maxRemembered) {
      const [oldest] = this.#posted.keys();
      this.#posted.delete(oldest);
    }
  }
  // #endregion
}

// #region join-gate
/**
 * Stands between a room and one connection that is joining it, while the room's history is being read. What is
 * said meanwhile is held; once the history has been sent, what it contains is dropped and the rest follows.
 *
 * The order matters: enter the room first, then read. The other way round, what is said between the two is lost.
 */
export class JoinGate<Item> {
  // #region solution: where things go, what is held, and the number up to which the history goes
  readonly #deliver: (item: Item) => void;
  #held: { seq: number; item: Item }[] | undefined = [];
  #seq = 0;
  // #endregion

  constructor(deliver: (item: Item) => void) {
    // #region solution: keep it
    this.#deliver = deliver;
    // #endregion
  }

  /** Takes a live message of the room: its number, and what is to be delivered. */
  push(seq: number, item: Item): void {
    // #region solution: hold it while the gate is closed; after that, let through what the history did not have
    if (this.#held) this.#held.push({ seq, item });
    else if (seq > this.#seq) this.#deliver(item);
    // #endregion
  }

  /** The history up to `seq` has been sent. */
  open(seq: number): void {
    // #region solution: deliver what was held and is newer, in order; from now on hold nothing
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#seq = seq;
    for (const each of held) this.push(each.seq, each.item);
    // #endregion
  }
}
// #endregion join-gate

// #region solution: constants and helpers of your own, if you like
/** How many messages a reader knows again when they come under another number. */
const rememberedByReader = 1_000;

/** An id is its sender's own choice: two people may choose the same. */
function keyOf({ from, id }: Pick<RoomMessage, 'from' | 'id'>): string {
  return JSON.stringify([from.id, id]);
}
// #endregion

/**
 * The client's half: how far it has read one room. It decides what is shown, so that each message is shown
 * once and in order, and what may be missing is said.
 */
export class RoomReader {
  // #region solution: the position, whether a join is under way, and the messages shown, by sender and id
  #position: Position | undefined;
  #isJoining = false;
  readonly #shown = new Set<string>();
  // #endregion

  /** A join is about to be sent: what goes into its `since`, undefined the first time. */
  join(): Position | undefined {
    // #region solution: remember that an answer will come; give the position
    this.#isJoining = true;
    return this.#position && { ...this.#position };
    // #endregion
  }

  // #region joined
  /**
   * Takes the answer to a join: which of its messages to show, and whether some before them may be missing,
   * which is to be shown too. Nothing is missing for one who comes for the first time.
   */
  joined({ epoch, seq, recovered, messages }: MessageOf<ServerMessage, 'joined'>): {
    messages: RoomMessage[];
    gap: boolean;
  } {
    // #region solution: drop what was shown; a gap is where something was read before and the answer does not continue it
    this.#isJoining = false;
    const before = this.#position;
    const sameEpoch = before?.epoch === epoch;
    // A late answer, to a join before the last one: all it has is known.
    if (sameEpoch && seq < before.seq) return { messages: [], gap: false };
    this.#position = { epoch, seq };
    const news = messages.filter((message) => !(sameEpoch && message.seq <= before.seq));
    return {
      messages: news.filter((message) => this.#isNew(message)),
      gap: before !== undefined && !recovered,
    };
    // #endregion
  }
  // #endregion joined

  // #region receive
  /**
   * Takes a live message: to be shown; to be dropped, as it was shown or will come with the answer to a join; or
   * something before it is missing, and the room is to be joined again.
   */
  receive(message: RoomMessage): 'show' | 'drop' | 'rejoin' {
    // #region solution: compare its number with the position; while a join is under way, a gap needs no second one
    if (!this.#position || message.seq <= this.#position.seq) return 'drop';
    if (message.seq > this.#position.seq + 1) return this.#isJoining ? 'drop' : 'rejoin';
    this.#position.seq = message.seq;
    return this.#isNew(message) ? 'show' : 'drop';
    // #endregion
  }
  // #endregion receive

  // #region solution: private methods of your own, if you like
  /** A server that lost its memory numbers anew, and gets again what it had not acknowledged: same id, new number. */
  #isNew(message: RoomMessage): boolean {
    const key = keyOf(message);
    if (this.#shown.has(key)) return false;
    this.#shown.add(key);
    if (this.#shown.size > rememberedByReader) {
      const [oldest] = this.#shown;
      this.#shown.delete(oldest);
    }
    return true;
  }
  // #endregion
}

/** What a client posts, and the server acknowledges. */
export type OutgoingMessage = MessageOf<ClientMessage, 'chat' | 'direct'>;

/** Where an outbox outlives a reload of the page. */
export interface OutboxStore {
  load(): OutgoingMessage[];
  save(messages: readonly OutgoingMessage[]): void;
}

/**
 * The client's messages that are not acknowledged, oldest first. After every reconnection all of them are sent
 * again under the same ids; the server stores each once.
 */
export class Outbox implements Iterable<OutgoingMessage> {
  // #region solution: the messages by id, in order, and the store
  readonly #messages = new Map<string, OutgoingMessage>();
  readonly #store: OutboxStore | undefined;
  // #endregion

  /** Begins with what the store has, if there is one. */
  constructor(store?: OutboxStore) {
    // #region solution: take what an earlier page has left
    this.#store = store;
    for (const message of store?.load() ?? []) this.#messages.set(message.id, message);
    // #endregion
  }

  get size(): number {
    // #region solution: how many wait
    return this.#messages.size;
    // #endregion
  }

  get(id: string): OutgoingMessage | undefined {
    // #region solution: by id
    return this.#messages.get(id);
    // #endregion
  }

  /** Before it is sent: a page that is closed in between has it still. */
  add(message: OutgoingMessage): void {
    // #region solution: at the end, and into the store
    this.#messages.set(message.id, message);
    this.#save();
    // #endregion
  }

  /** The server has stored it, or has refused it for good. False when it was not waiting. */
  remove(id: string): boolean {
    // #region solution: here and in the store
    const removed = this.#messages.delete(id);
    if (removed) this.#save();
    return removed;
    // #endregion
  }

  /** Signed out: whoever comes next does not send them. */
  clear(): void {
    // #region solution: here and in the store
    this.#messages.clear();
    this.#save();
    // #endregion
  }

  [Symbol.iterator](): IterableIterator<OutgoingMessage> {
    // #region solution: oldest first
    return this.#messages.values();
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  #save(): void {
    this.#store?.save([...this.#messages.values()]);
  }
  // #endregion
}
