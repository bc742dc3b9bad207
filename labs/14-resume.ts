import type { ClientMessage, MessageOf, Position, RoomMessage, ServerMessage } from '#labs/10-protocol';
import { Unfinished } from '../workbook/unfinished.ts';

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
  // TODO: the room, the limits, the messages kept, the last number, and the numbers of what was posted, by sender and id

  constructor(room: string, options: RoomLogOptions = {}) {
    this.epoch = options.epoch ?? crypto.randomUUID();
    // TODO: keep the room and the limits, with their defaults
    throw new Unfinished('14-resume: constructor');
  }

  /** The number of the last message; 0 before the first. */
  get seq(): number {
    // TODO: the last number given
    throw new Unfinished('14-resume: seq');
  }

  /**
   * Numbers a message and keeps it. For one that its sender has posted before, under the same id, `message` is
   * undefined: nothing is stored, nobody is told, and the sender gets the acknowledgement they have missed.
   */
  append(post: Post): { seq: number; message?: RoomMessage } {
    // TODO: is it a repeat? If not: the next number, store it, and drop the oldest over the limits
    throw new Unfinished('14-resume: append');
  }

  /** All or nothing: every message after the position, or, where one of them is gone, the last ones. */
  replay(since?: Position): Replay {
    // TODO: recovered when the epoch is ours and nothing after the position is gone; a position may also be from the future
    throw new Unfinished('14-resume: replay');
  }

  // TODO: private methods of your own, if you like
}

/**
 * Stands between a room and one connection that is joining it, while the room's history is being read. What is
 * said meanwhile is held; once the history has been sent, what it contains is dropped and the rest follows.
 *
 * The order matters: enter the room first, then read. The other way round, what is said between the two is lost.
 */
export class JoinGate<Item> {
  // TODO: where things go, what is held, and the number up to which the history goes

  constructor(deliver: (item: Item) => void) {
    // TODO: keep it
    throw new Unfinished('14-resume: constructor');
  }

  /** Takes a live message of the room: its number, and what is to be delivered. */
  push(seq: number, item: Item): void {
    // TODO: hold it while the gate is closed; after that, let through what the history did not have
    throw new Unfinished('14-resume: push');
  }

  /** The history up to `seq` has been sent. */
  open(seq: number): void {
    // TODO: deliver what was held and is newer, in order; from now on hold nothing
    throw new Unfinished('14-resume: open');
  }
}

// TODO: constants and helpers of your own, if you like

/**
 * The client's half: how far it has read one room. It decides what is shown, so that each message is shown
 * once and in order, and what may be missing is said.
 */
export class RoomReader {
  // TODO: the position, whether a join is under way, and the messages shown, by sender and id

  /** A join is about to be sent: what goes into its `since`, undefined the first time. */
  join(): Position | undefined {
    // TODO: remember that an answer will come; give the position
    throw new Unfinished('14-resume: join');
  }

  /**
   * Takes the answer to a join: which of its messages to show, and whether some before them may be missing,
   * which is to be shown too. Nothing is missing for one who comes for the first time.
   */
  joined({ epoch, seq, recovered, messages }: MessageOf<ServerMessage, 'joined'>): {
    messages: RoomMessage[];
    gap: boolean;
  } {
    // TODO: drop what was shown; a gap is where something was read before and the answer does not continue it
    throw new Unfinished('14-resume: joined');
  }

  /**
   * Takes a live message: to be shown; to be dropped, as it was shown or will come with the answer to a join; or
   * something before it is missing, and the room is to be joined again.
   */
  receive(message: RoomMessage): 'show' | 'drop' | 'rejoin' {
    // TODO: compare its number with the position; while a join is under way, a gap needs no second one
    throw new Unfinished('14-resume: receive');
  }

  // TODO: private methods of your own, if you like
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
  // TODO: the messages by id, in order, and the store

  /** Begins with what the store has, if there is one. */
  constructor(store?: OutboxStore) {
    // TODO: take what an earlier page has left
    throw new Unfinished('14-resume: constructor');
  }

  get size(): number {
    // TODO: how many wait
    throw new Unfinished('14-resume: size');
  }

  get(id: string): OutgoingMessage | undefined {
    // TODO: by id
    throw new Unfinished('14-resume: get');
  }

  /** Before it is sent: a page that is closed in between has it still. */
  add(message: OutgoingMessage): void {
    // TODO: at the end, and into the store
    throw new Unfinished('14-resume: add');
  }

  /** The server has stored it, or has refused it for good. False when it was not waiting. */
  remove(id: string): boolean {
    // TODO: here and in the store
    throw new Unfinished('14-resume: remove');
  }

  /** Signed out: whoever comes next does not send them. */
  clear(): void {
    // TODO: here and in the store
    throw new Unfinished('14-resume: clear');
  }

  [Symbol.iterator](): IterableIterator<OutgoingMessage> {
    // TODO: oldest first
    throw new Unfinished('14-resume: clear');
  }

  // TODO: private methods of your own, if you like
}
