import {
  type ClientMessage,
  type Limits,
  type MessageOf,
  messageLimits,
  type Position,
  parseServerMessage,
  type RoomMessage,
  type ServerMessage,
  subprotocol,
  type User,
} from '#labs/10-protocol';
import { Watchdog } from '#labs/12-heartbeat';
import { type Attempt, Reconnector, type ReconnectState } from '#labs/13-reconnect';
import { Emitter } from './emitter.ts';

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
  getTicket: () => Promise<string>;
  /** A page's own `WebSocket`, or that of `ws` on Node 20, which has none. */
  WebSocket: new (
    url: string,
    protocol: string,
  ) => WebSocketLike;
}

/** What a person can be told of the connection. */
export type ConnectionState =
  | { name: 'connecting' }
  | { name: 'open'; user: User; limits: Limits }
  /** Lost; the next attempt is at `retryAt`, in ms since 1970. */
  | { name: 'waiting'; retryAt: number }
  /** The machine has no network; the next attempt is when it has. */
  | { name: 'offline' }
  /** Over, until `retryNow`; `reason` is for a person. */
  | { name: 'closed'; reason: string };

export type ChatClientEvents = {
  state: [state: ConnectionState];
  joined: [joined: MessageOf<ServerMessage, 'joined'>];
  chat: [message: RoomMessage];
  direct: [message: MessageOf<ServerMessage, 'direct'>];
  presence: [presence: MessageOf<ServerMessage, 'presence'>];
  /** A message of ours is stored, or handed on. */
  sent: [id: string];
  /** A message of ours was refused, and why. */
  failed: [id: string, reason: string];
  /** The server refused something else. */
  refused: [reason: string];
};

type Outgoing = MessageOf<ClientMessage, 'chat' | 'direct'>;

/** A connection, from the moment there is a socket. */
interface Link {
  socket: WebSocketLike;
  attempt: Attempt;
}

/**
 * The chat from the client's side. It keeps one connection up, joins its rooms again after a loss from where
 * it was, and sends what was not acknowledged again under the same id, which the server takes once.
 */
export class ChatClient extends Emitter<ChatClientEvents> {
  readonly #options: ChatClientOptions;
  readonly #rooms = new Map<string, Position | undefined>();
  /** What the server has not acknowledged, oldest first. */
  readonly #outbox = new Map<string, Outgoing>();
  readonly #watchdog = new Watchdog({
    onQuiet: () => this.#transmit({ type: 'ping' }),
    onDead: () => this.#lose(),
  });
  readonly #reconnector = new Reconnector({
    connect: (attempt) => this.#connect(attempt),
    onState: (state) => this.#onReconnectState(state),
  });
  #state: ConnectionState = { name: 'closed', reason: 'Not started.' };
  #link: Link | undefined;

  constructor(options: ChatClientOptions) {
    super();
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Connects at once: the first time, instead of waiting, or after it was closed. */
  retryNow(): void {
    this.#reconnector.tryNow();
  }

  /** Ends the connection, and forgets rooms and messages. */
  close(): void {
    this.#rooms.clear();
    this.#outbox.clear();
    this.#reconnector.stop();
  }

  /** For the browser's `offline` event: waiting makes no sense now. An open connection may well live on. */
  networkLost(): void {
    this.#reconnector.networkLost();
  }

  /** For the browser's `online` event. */
  networkBack(): void {
    this.#reconnector.networkBack();
  }

  /** For the browser's `pageshow` event: the page may come from the back/forward cache. */
  pageShown(): void {
    this.#reconnector.pageShown();
  }

  join(room: string): void {
    this.#rooms.set(room, this.#rooms.get(room));
    this.#joinAgain(room);
  }

  leave(room: string): void {
    this.#rooms.delete(room);
    this.#transmit({ type: 'leave', room });
  }

  /** Sends now or as soon as there is a connection, and returns the id by which `sent` and `failed` tell. */
  chat(room: string, content: string, id = randomId()): string {
    return this.#post({ type: 'chat', id, room, content });
  }

  direct(to: string, content: string, id = randomId()): string {
    return this.#post({ type: 'direct', id, to, content });
  }

  #post(message: Outgoing): string {
    if (message.content.length > messageLimits.maxContentLength) {
      queueMicrotask(() => this.emit('failed', message.id, 'This message is too long.'));
    } else {
      this.#outbox.set(message.id, message);
      this.#transmit(message);
    }
    return message.id;
  }

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
    const link = { socket, attempt };
    this.#link = link;
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ type: 'auth', ticket } satisfies ClientMessage));
    });
    socket.addEventListener('message', ({ data }) => {
      if (link === this.#link) this.#receive(link, String(data));
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (link === this.#link) this.#lose(code, reason);
    });
    // Says nothing that the close event, which follows, does not; `ws` insists on a listener.
    socket.addEventListener('error', () => {});
  }

  #onReconnectState(state: ReconnectState): void {
    switch (state.name) {
      case 'open':
        // Told with the user, once `welcome` has been read.
        break;
      case 'closed':
        this.#enter({ name: 'closed', reason: explainClosed(state) });
        break;
      default:
        this.#enter(state);
    }
  }

  #receive({ attempt }: Link, text: string): void {
    this.#watchdog.heard();
    const message = parseServerMessage(text);
    switch (message?.type) {
      case 'welcome':
        this.#onWelcome(attempt, message);
        break;
      case 'joined':
        if (!this.#rooms.has(message.room)) break;
        this.#rooms.set(message.room, { epoch: message.epoch, seq: message.seq });
        this.emit('joined', message);
        break;
      case 'chat':
        this.#onChat(message);
        break;
      case 'direct':
        this.emit('direct', message);
        break;
      case 'presence':
        this.emit('presence', message);
        break;
      case 'ack':
        if (this.#outbox.delete(message.id)) this.emit('sent', message.id);
        break;
      case 'error':
        this.#onError(message);
        break;
      case 'drain':
        this.#reconnector.advise(message.reconnectInMs);
        break;
    }
  }

  #onWelcome(attempt: Attempt, { user, heartbeatMs, limits }: MessageOf<ServerMessage, 'welcome'>): void {
    this.#watchdog.start(heartbeatMs);
    attempt.opened();
    this.#enter({ name: 'open', user, limits });
    // In this order: the server takes messages one by one, so the rooms are joined before they are spoken in.
    for (const room of this.#rooms.keys()) this.#joinAgain(room);
    for (const message of this.#outbox.values()) this.#transmit(message);
  }

  #onChat(message: RoomMessage): void {
    const position = this.#rooms.get(message.room);
    if (!position || message.seq <= position.seq) return;
    // A gap: what is missing comes with the answer to another join, and this message with it.
    if (message.seq > position.seq + 1) {
      this.#joinAgain(message.room);
      return;
    }
    position.seq = message.seq;
    this.emit('chat', message);
  }

  #onError({ id, code, message, retryAfterMs }: MessageOf<ServerMessage, 'error'>): void {
    const refused = id === undefined ? undefined : this.#outbox.get(id);
    if (this.#state.name !== 'open') {
      // The ticket was not taken: it was too old. The next one is new.
      this.#lose();
    } else if (!refused) {
      this.emit('refused', message);
    } else if (code === 'rate_limited') {
      setTimeout(() => this.#outbox.has(refused.id) && this.#transmit(refused), retryAfterMs);
    } else {
      this.#outbox.delete(refused.id);
      this.emit('failed', refused.id, message);
    }
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

  #joinAgain(room: string): void {
    this.#transmit({ type: 'join', room, since: this.#rooms.get(room) });
  }

  /** Does nothing without a connection: joins and messages go out again when there is one. */
  #transmit(message: ClientMessage): void {
    if (this.#state.name === 'open') this.#link?.socket.send(JSON.stringify(message));
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.emit('state', state);
  }
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

/** 128 random bits. `crypto.randomUUID` would do, but a page that came over plain http has none. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
