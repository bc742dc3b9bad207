import { randomUUID } from 'node:crypto';
import type { Position, RoomMessage } from './protocol.ts';

/** How much of a room is kept: whichever bound is reached first drops the oldest message. */
const maxMessages = 500;
/** In UTF-16 code units of content; with it a whole history fits one message of a default client. */
const maxContentLength = 131_072;
/** How many messages a newcomer gets, or one who has been away for too long. */
const lastMessages = 50;

/** What a room's history has for someone who has read up to a position, or has never been there. */
export interface Replay {
  recovered: boolean;
  messages: RoomMessage[];
}

/**
 * The last messages of one room, numbered from 1. The epoch names this history: a server that has restarted
 * counts from 1 again under another epoch, so an old position is never mistaken for one in the new history.
 */
export class History {
  readonly epoch = randomUUID();
  #messages: RoomMessage[] = [];
  #contentLength = 0;
  #seq = 0;

  /** The number of the last message; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Numbers and keeps a message. */
  append(message: Omit<RoomMessage, 'seq'>): RoomMessage {
    const stored = { ...message, seq: ++this.#seq };
    this.#messages.push(stored);
    this.#contentLength += stored.content.length;
    while (this.#messages.length > maxMessages || this.#contentLength > maxContentLength) {
      this.#contentLength -= this.#messages.shift()?.content.length ?? 0;
    }
    return stored;
  }

  /** All or nothing: every message after the position, or, where one of them is gone, the last ones. */
  replay(since: Position | undefined): Replay {
    const first = this.#seq - this.#messages.length + 1;
    if (since?.epoch === this.epoch && since.seq >= first - 1 && since.seq <= this.#seq) {
      return { recovered: true, messages: this.#messages.slice(since.seq - first + 1) };
    }
    return { recovered: false, messages: this.#messages.slice(-lastMessages) };
  }
}
