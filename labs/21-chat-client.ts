import {
  type ClientMessage,
  type Limits,
  type MessageOf,
  messageLimits,
  parseServerMessage,
  type RoomMessage,
  type ServerMessage,
  subprotocol,
  type User,
} from '#labs/10-protocol';
import { Watchdog } from '#labs/12-heartbeat';
import { type Attempt, Reconnector, type ReconnectState, type RetryPolicy } from '#labs/13-reconnect';
import { Outbox, type OutboxStore, type OutgoingMessage, RoomReader } from '#labs/14-resume';
import { type Clock, systemClock } from '../workbook/clock.ts';
import { Emitter } from '../workbook/emitter.ts';
import { Unfinished } from '../workbook/unfinished.ts';

/** The part of a page's `WebSocket` that the client needs; that of `ws` has it too. */
export interface WebSocketLike {
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  send(text: string): void;
  close(code?: number): void;
}

export interface ChatClientOptions {
  /** `ws://localhost:8080/chat` */
  url: string;
  /** Gets a new ticket for every connection; each works once. */
  getTicket(): Promise<string>;
  /** A page's own `WebSocket`, or that of `ws` on Node 20, which has none. */
  WebSocket: new (
    url: string,
    protocol: string,
  ) => WebSocketLike;
  /** Keeps what is not acknowledged over a reload of the page. Default: it is not kept. */
  outboxStore?: OutboxStore;
  /** How to come back after a loss; lab 13 has the defaults. */
  policy?: Partial<RetryPolicy>;
  clock?: Clock;
  /** From 0 inclusive to 1 exclusive, for the waits. Default: `Math.random`. */
  random?: () => number;
}

/** What a person can be told of the connection. */
export type ChatState =
  | { name: 'connecting' }
  /** Connected, and asking each room for what was missed: what is shown may be incomplete. */
  | { name: 'recovering'; user: User; limits: Limits }
  | { name: 'open'; user: User; limits: Limits }
  /** Lost; the next attempt is at `retryAt`, in ms since 1970. */
  | { name: 'waiting'; retryAt: number }
  /** The machine has no network; the next attempt is when it has. */
  | { name: 'offline' }
  /** Over, until `tryNow`; `reason` is for a person. */
  | { name: 'closed'; reason: string };

/** A room's history, after each join: to be shown, with a note before it where messages may be missing. */
export interface Joined {
  room: string;
  messages: RoomMessage[];
  gap: boolean;
  members: User[];
}

export type ChatClientEvents = {
  state: [state: ChatState];
  joined: [joined: Joined];
  /** A message of a room: each once, in the room's order, ours included. */
  chat: [message: RoomMessage];
  direct: [message: MessageOf<ServerMessage, 'direct'>];
  presence: [presence: MessageOf<ServerMessage, 'presence'>];
  /** A message of ours is stored, or handed on. */
  sent: [id: string];
  /** A message of ours was refused, and will not be sent again. */
  failed: [id: string, reason: string];
  /** The server refused something else. */
  refused: [reason: string];
};

/**
 * The chat from the client's side, for Node and the browser. It keeps one connection up, joins its rooms again
 * after a loss from where it was, and sends again what was not acknowledged.
 */
export class ChatClient extends Emitter<ChatClientEvents> {
  // TODO: the options, a reader for each room, the outbox, the watchdog (lab 12), the reconnector (lab 13), and the connection of the moment

  constructor(options: ChatClientOptions) {
    super();
    // TODO: put the parts together; nothing connects before tryNow
    throw new Unfinished('21-chat-client: constructor');
  }

  get state(): ChatState {
    // TODO: the state you keep
    throw new Unfinished('21-chat-client: state');
  }

  /** Our messages that the server has not acknowledged, oldest first, those of the page before a reload too. */
  get pending(): OutgoingMessage[] {
    // TODO: what is in the outbox
    throw new Unfinished('21-chat-client: pending');
  }

  /** Connects at once: the first time, instead of waiting, or after it was closed. */
  tryNow(): void {
    // TODO: lab 13 knows
    throw new Unfinished('21-chat-client: tryNow');
  }

  /** Ends the connection, and forgets rooms and messages. */
  close(): void {
    // TODO: forget first: nothing is to come back
    throw new Unfinished('21-chat-client: close');
  }

  /** For the browser's `offline` event: waiting makes no sense now. An open connection may well live on. */
  networkLost(): void {
    // TODO: lab 13 knows
    throw new Unfinished('21-chat-client: networkLost');
  }

  /** For the browser's `online` event. */
  networkBack(): void {
    // TODO: lab 13 knows
    throw new Unfinished('21-chat-client: networkBack');
  }

  /** For the browser's `pageshow` event: the page may come from the back/forward cache. */
  pageShown(): void {
    // TODO: lab 13 knows
    throw new Unfinished('21-chat-client: pageShown');
  }

  /** Enters a room, now and after every loss; once. `joined` tells its history and who is in it. */
  join(room: string): void {
    // TODO: a reader for the room, and a join if there is a connection; nothing for a room that has one
    throw new Unfinished('21-chat-client: join');
  }

  leave(room: string): void {
    // TODO: its reader goes, the server is told, and nobody waits for its answer any more
    throw new Unfinished('21-chat-client: leave');
  }

  /**
   * Sends a message to a room, now or as soon as there is a connection. Returns its id, by which `sent` and
   * `failed` tell; show it as pending until then. To send one that failed again, give its id.
   */
  chat(room: string, content: string, id = randomId()): string {
    // TODO: too long: `failed`, but not before the id is returned; else into the outbox, then onto the wire
    throw new Unfinished('21-chat-client: chat');
  }

  /** The same for one user, by their id. */
  direct(to: string, content: string, id = randomId()): string {
    // TODO: as chat
    throw new Unfinished('21-chat-client: direct');
  }

  // TODO: your methods: post (into the outbox, then out); connect (a ticket, a socket, auth); lose a socket and hear it no more; one for each kind of message; enter a state
}

// TODO: types and helpers of your own, if you like

/** 128 random bits. `crypto.randomUUID` would do, but a page that came over plain http has none. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
