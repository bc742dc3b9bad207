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

// #region web-socket-like
/** The part of a page's `WebSocket` that the client needs; that of `ws` has it too. */
export interface WebSocketLike {
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  send(text: string): void;
  close(code?: number): void;
}
// #endregion web-socket-like

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

// #region states
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
// #endregion states

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
  // #region solution: the options, a reader for each room, the outbox, the watchdog (lab 12), the reconnector (lab 13), and the connection of the moment
  readonly #options: ChatClientOptions;
  readonly #clock: Clock;
  readonly #rooms = new Map<string, RoomReader>();
  readonly #outbox: Outbox;
  readonly #watchdog: Watchdog;
  readonly #reconnector: Reconnector;
  #state: ChatState = { name: 'closed', reason: 'Not started.' };
  #link: Link | undefined;
  /** Rooms that have not answered since the connection came back. */
  readonly #awaited = new Set<string>();
  // #endregion

  constructor(options: ChatClientOptions) {
    super();
    // #region solution: put the parts together; nothing connects before tryNow
    const { clock = systemClock, policy, random } = options;
    this.#options = options;
    this.#clock = clock;
    this.#outbox = new Outbox(options.outboxStore);
    this.#watchdog = new Watchdog(
      { onQuiet: () => this.#transmit({ type: 'ping' }), onDead: () => this.#lose() },
      clock,
    );
    this.#reconnector = new Reconnector({
      connect: (attempt) => this.#connect(attempt),
      onState: (state) => this.#onReconnectState(state),
      policy,
      clock,
      random,
    });
    // #endregion
  }

  get state(): ChatState {
    // #region solution: the state you keep
    return this.#state;
    // #endregion
  }

  /** Our messages that the server has not acknowledged, oldest first, those of the page before a reload too. */
  get pending(): OutgoingMessage[] {
    // #region solution: what is in the outbox
    return [...this.#outbox];
    // #endregion
  }

  /** Connects at once: the first time, instead of waiting, or after it was closed. */
  tryNow(): void {
    // #region solution: lab 13 knows
    this.#reconnector.tryNow();
    // #endregion
  }

  /** Ends the connection, and forgets rooms and messages. */
  close(): void {
    // #region solution: forget first: nothing is to come back
    this.#rooms.clear();
    this.#outbox.clear();
    this.#reconnector.stop();
    // #endregion
  }

  /** For the browser's `offline` event: waiting makes no sense now. An open connection may well live on. */
  networkLost(): void {
    // #region solution: lab 13 knows
    this.#reconnector.networkLost();
    // #endregion
  }

  /** For the browser's `online` event. */
  networkBack(): void {
    // #region solution: lab 13 knows
    this.#reconnector.networkBack();
    // #endregion
  }

  /** For the browser's `pageshow` event: the page may come from the back/forward cache. */
  pageShown(): void {
    // #region solution: lab 13 knows
    this.#reconnector.pageShown();
    // #endregion
  }

  /** Enters a room, now and after every loss; once. `joined` tells its history and who is in it. */
  join(room: string): void {
    // #region solution: a reader for the room, and a join if there is a connection; nothing for a room that has one
    if (this.#rooms.has(room)) return;
    this.#rooms.set(room, new RoomReader());
    this.#sendJoin(room);
    // #endregion
  }

  leave(room: string): void {
    // #region solution: its reader goes, the server is told, and nobody waits for its answer any more
    this.#rooms.delete(room);
    this.#transmit({ type: 'leave', room });
    this.#onAnswered(room);
    // #endregion
  }

  /**
   * Sends a message to a room, now or as soon as there is a connection. Returns its id, by which `sent` and
   * `failed` tell; show it as pending until then. To send one that failed again, give its id.
   */
  chat(room: string, content: string, id = randomId()): string {
    // #region solution: too long: `failed`, but not before the id is returned; else into the outbox, then onto the wire
    return this.#post({ type: 'chat', id, room, content });
    // #endregion
  }

  /** The same for one user, by their id. */
  direct(to: string, content: string, id = randomId()): string {
    // #region solution: as chat
    return this.#post({ type: 'direct', id, to, content });
    // #endregion
  }

  // #region solution: your methods: post (into the outbox, then out); connect (a ticket, a socket, auth); lose a socket and hear it no more; one for each kind of message; enter a state
  // #region post
  #post(message: OutgoingMessage): string {
    const { id, content } = message;
    if (content.length > messageLimits.maxContentLength) {
      // Later, as every other answer: who posts learns the id first.
      queueMicrotask(() => this.emit('failed', id, 'This message is too long.'));
    } else {
      this.#outbox.add(message);
      this.#transmit(message);
    }
    return id;
  }
  // #endregion post

  // #region connect
  /** One attempt; what comes back ends it. */
  #connect(attempt: Attempt): () => void {
    let ended = false;
    this.#options.getTicket().then(
      (ticket) => ended || this.#open(attempt, ticket),
      () => attempt.closed(1006),
    );
    return () => {
      ended = true;
      this.#drop(1000);
    };
  }

  #open(attempt: Attempt, ticket: string): void {
    const socket = new this.#options.WebSocket(this.#options.url, subprotocol);
    const link: Link = { socket, attempt };
    this.#link = link;
    // Lab 13 ends an attempt that hears no `welcome` in time; the watchdog begins after it.
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ type: 'auth', ticket } satisfies ClientMessage));
    });
    // A socket that was let go may still speak; only the one of the moment is heard.
    socket.addEventListener('message', ({ data }) => {
      if (link === this.#link) this.#receive(link, String(data));
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (link === this.#link) this.#lose(code, reason);
    });
    // Says nothing that the close event, which follows, does not; `ws` insists on a listener.
    socket.addEventListener('error', () => {});
  }

  /** The connection is gone, or of no use. */
  #lose(code = 1006, reason = ''): void {
    const attempt = this.#link?.attempt;
    this.#drop();
    attempt?.closed(code, reason);
  }

  /** Lets go of the socket without waiting for it: a dead one may take minutes to say that it is closed. */
  #drop(code?: number): void {
    const socket = this.#link?.socket;
    this.#link = undefined;
    this.#watchdog.stop();
    socket?.close(code);
  }
  // #endregion connect

  #receive(link: Link, text: string): void {
    this.#watchdog.heard();
    const message = parseServerMessage(text);
    switch (message?.type) {
      case 'welcome':
        this.#onWelcome(link, message);
        break;
      case 'joined':
        this.#onJoined(message);
        break;
      case 'chat':
        this.#onChat(message);
        break;
      case 'direct':
      case 'presence':
        this.#tell(message);
        break;
      case 'ack':
        if (this.#outbox.remove(message.id)) this.emit('sent', message.id);
        break;
      case 'error':
        this.#onError(link, message);
        break;
      case 'drain':
        this.#reconnector.advise(message.reconnectInMs);
        break;
    }
  }

  // #region on-welcome
  #onWelcome(link: Link, { user, heartbeatMs, limits }: MessageOf<ServerMessage, 'welcome'>): void {
    link.welcome = { user, limits };
    this.#watchdog.start(heartbeatMs);
    link.attempt.opened();
    this.#awaited.clear();
    // In this order: the server takes messages one by one, so the rooms are joined before they are spoken in,
    // and a listener that posts as soon as it hears of the state comes last.
    for (const room of this.#rooms.keys()) {
      this.#awaited.add(room);
      this.#sendJoin(room);
    }
    for (const message of this.#outbox) this.#transmit(message);
    this.#enterConnected();
  }
  // #endregion on-welcome

  // #region on-joined
  #onJoined(answer: MessageOf<ServerMessage, 'joined'>): void {
    const { room, members } = answer;
    const reader = this.#rooms.get(room);
    if (reader) this.emit('joined', { room, members, ...reader.joined(answer) });
    this.#onAnswered(room);
  }

  #onAnswered(room: string): void {
    if (this.#awaited.delete(room) && this.#awaited.size === 0) this.#enterConnected();
  }
  // #endregion on-joined

  #onChat(message: RoomMessage): void {
    const verdict = this.#rooms.get(message.room)?.receive(message);
    if (verdict === 'show') this.emit('chat', message);
    // What is missing comes with the answer to another join, and this message with it.
    if (verdict === 'rejoin') this.#sendJoin(message.room);
  }

  #tell(message: MessageOf<ServerMessage, 'direct' | 'presence'>): void {
    if (message.type === 'direct') this.emit('direct', message);
    else this.emit('presence', message);
  }

  // #region on-error
  #onError(link: Link, { id, code, message, retryAfterMs = 0 }: MessageOf<ServerMessage, 'error'>): void {
    const refused = id === undefined ? undefined : this.#outbox.get(id);
    if (!link.welcome) {
      // The ticket was not taken: it was too old, say. The next one is new.
      this.#lose();
    } else if (!refused) {
      this.#onRefused(message);
    } else if (code === 'rate_limited') {
      this.#clock.setTimeout(() => this.#outbox.get(refused.id) && this.#transmit(refused), retryAfterMs);
    } else {
      this.#outbox.remove(refused.id);
      this.emit('failed', refused.id, message);
    }
  }
  // #endregion on-error

  /** No message of ours: a join, say. Of which room, the server does not tell, so none is waited for any more. */
  #onRefused(reason: string): void {
    this.emit('refused', reason);
    if (this.#state.name !== 'recovering') return;
    this.#awaited.clear();
    this.#enterConnected();
  }

  #sendJoin(room: string): void {
    const reader = this.#rooms.get(room);
    if (reader && this.#link?.welcome) this.#transmit({ type: 'join', room, since: reader.join() });
  }

  /** Does nothing without a connection: joins and messages go out again when there is one. */
  #transmit(message: ClientMessage): void {
    if (this.#link?.welcome) this.#link.socket.send(JSON.stringify(message));
  }

  #onReconnectState(state: ReconnectState): void {
    // `open` is told with the user, once `welcome` has been read.
    if (state.name === 'closed') this.#enter({ name: 'closed', reason: explainClosed(state) });
    else if (state.name !== 'open') this.#enter(state);
  }

  #enterConnected(): void {
    const welcome = this.#link?.welcome;
    if (welcome) this.#enter({ name: this.#awaited.size > 0 ? 'recovering' : 'open', ...welcome });
  }

  #enter(state: ChatState): void {
    this.#state = state;
    this.emit('state', state);
  }
  // #endregion
}

// #region solution: types and helpers of your own, if you like
/** A connection, from the moment there is a socket. */
interface Link {
  socket: WebSocketLike;
  attempt: Attempt;
  /** Once the server has let us in. */
  welcome?: { user: User; limits: Limits };
}

/** Why there is no connection and no attempt, for a person. */
function explainClosed(state: Extract<ReconnectState, { name: 'closed' }>): string {
  switch (state.cause) {
    case 'stopped':
      return 'Signed out.';
    case 'gave up':
      return 'The server cannot be reached.';
    case 'refused':
      return state.reason || `The server has closed the connection (${state.code}).`;
  }
}
// #endregion

/** 128 random bits. `crypto.randomUUID` would do, but a page that came over plain http has none. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
