// Right, with a table of handlers, a Map for the outbox, and a method for each step.
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
import { type Attempt, Reconnector, type ReconnectState } from '#labs/13-reconnect';
import { type OutgoingMessage, RoomReader } from '#labs/14-resume';
import type {
  ChatClientEvents,
  ChatClientOptions,
  ChatState,
  WebSocketLike,
} from '../../../solutions/21-chat-client.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';
import { Emitter } from '../../../workbook/emitter.ts';

export * from '../../../solutions/21-chat-client.ts';

type Handlers = { [T in ServerMessage['type']]?: (message: MessageOf<ServerMessage, T>) => void };
type ErrorMessage = MessageOf<ServerMessage, 'error'>;

export interface Link {
  attempt: Attempt;
  socket?: WebSocketLike;
  welcome?: { user: User; limits: Limits };
}

export class ChatClient extends Emitter<ChatClientEvents> {
  state: ChatState = { name: 'closed', reason: 'Nobody has connected yet.' };
  link: Link | undefined;
  readonly options: ChatClientOptions;
  readonly clock: Clock;
  readonly rooms = new Map<string, RoomReader>();
  readonly unanswered = new Set<string>();
  readonly outbox = new Map<string, OutgoingMessage>();
  readonly watchdog: Watchdog;
  readonly reconnector: Reconnector;
  readonly handlers: Handlers = {
    welcome: (message) => this.onWelcome(message),
    joined: (message) => this.onJoined(message),
    chat: (message) => this.onChat(message),
    direct: (message) => this.emit('direct', message),
    presence: (message) => this.emit('presence', message),
    ack: ({ id }) => this.onAck(id),
    error: (message) => this.onError(message),
    drain: ({ reconnectInMs }) => this.reconnector.advise(reconnectInMs),
  };

  constructor(options: ChatClientOptions) {
    super();
    const { clock = systemClock, policy, random } = options;
    this.options = options;
    this.clock = clock;
    for (const message of options.outboxStore?.load() ?? []) this.outbox.set(message.id, message);
    this.watchdog = new Watchdog(
      { onQuiet: () => this.transmit({ type: 'ping' }), onDead: () => this.lose(1006, '') },
      clock,
    );
    this.reconnector = new Reconnector({
      connect: (attempt) => this.connect(attempt),
      onState: (state) => this.onReconnectState(state),
      policy,
      clock,
      random,
    });
  }

  get pending(): OutgoingMessage[] {
    return [...this.outbox.values()];
  }

  tryNow(): void {
    this.reconnector.tryNow();
  }

  close(): void {
    this.outbox.clear();
    this.save();
    this.rooms.clear();
    this.reconnector.stop();
  }

  networkLost(): void {
    this.reconnector.networkLost();
  }

  networkBack(): void {
    this.reconnector.networkBack();
  }

  pageShown(): void {
    this.reconnector.pageShown();
  }

  join(room: string): void {
    if (this.rooms.has(room)) return;
    this.rooms.set(room, new RoomReader());
    this.sendJoin(room);
  }

  leave(room: string): void {
    this.rooms.delete(room);
    this.transmit({ type: 'leave', room });
    this.onAnswered(room);
  }

  chat(room: string, content: string, id: string = crypto.randomUUID()): string {
    return this.post({ type: 'chat', id, room, content });
  }

  direct(to: string, content: string, id: string = crypto.randomUUID()): string {
    return this.post({ type: 'direct', id, to, content });
  }

  post(message: OutgoingMessage): string {
    if (message.content.length > messageLimits.maxContentLength) {
      this.failLater(message.id, 'Too long.');
    } else {
      this.outbox.set(message.id, message);
      this.save();
      this.transmit(message);
    }
    return message.id;
  }

  failLater(id: string, reason: string): void {
    Promise.resolve().then(() => this.emit('failed', id, reason));
  }

  save(): void {
    this.options.outboxStore?.save(this.pending);
  }

  connect(attempt: Attempt): () => void {
    const link: Link = { attempt };
    this.link = link;
    this.options.getTicket().then(
      (ticket) => {
        if (this.link === link) this.openSocket(link, ticket);
      },
      () => this.onNoTicket(attempt),
    );
    return () => this.drop(1000);
  }

  onNoTicket(attempt: Attempt): void {
    attempt.closed(1006);
  }

  openSocket(link: Link, ticket: string): void {
    const socket = new this.options.WebSocket(this.options.url, subprotocol);
    link.socket = socket;
    socket.addEventListener('open', () => this.onSocketOpen(socket, ticket));
    socket.addEventListener('message', ({ data }) => {
      if (this.hears(socket)) this.receive(String(data));
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (this.hears(socket)) this.lose(code, reason);
    });
    socket.addEventListener('error', () => undefined);
  }

  onSocketOpen(socket: WebSocketLike, ticket: string): void {
    socket.send(JSON.stringify({ type: 'auth', ticket }));
  }

  /** Whether this is the connection of the moment. */
  hears(socket: WebSocketLike): boolean {
    return this.link?.socket === socket;
  }

  lose(code: number, reason: string): void {
    const attempt = this.link?.attempt;
    this.drop();
    attempt?.closed(code, reason);
  }

  drop(code?: number): void {
    const socket = this.link?.socket;
    this.link = undefined;
    this.watchdog.stop();
    socket?.close(code);
  }

  receive(text: string): void {
    this.watchdog.heard();
    const message = parseServerMessage(text);
    if (message) (this.handlers[message.type] as ((message: ServerMessage) => void) | undefined)?.(message);
  }

  onWelcome({ user, limits, heartbeatMs }: MessageOf<ServerMessage, 'welcome'>): void {
    if (!this.link) return;
    this.link.welcome = { user, limits };
    this.startWatchdog(heartbeatMs);
    this.link.attempt.opened();
    this.unanswered.clear();
    for (const room of this.rooms.keys()) this.unanswered.add(room);
    this.sendAll();
    this.tellState();
  }

  startWatchdog(heartbeatMs: number): void {
    this.watchdog.start(heartbeatMs);
  }

  sendAll(): void {
    this.sendJoins();
    this.sendOutbox();
  }

  sendJoins(): void {
    for (const room of this.rooms.keys()) this.sendJoin(room);
  }

  sendOutbox(): void {
    for (const message of this.outbox.values()) this.transmit(message);
  }

  onJoined(answer: MessageOf<ServerMessage, 'joined'>): void {
    const reader = this.rooms.get(answer.room);
    if (reader) this.tellJoined(answer, reader.joined(answer));
    this.onAnswered(answer.room);
  }

  tellJoined(
    { room, members }: MessageOf<ServerMessage, 'joined'>,
    { messages, gap }: { messages: RoomMessage[]; gap: boolean },
  ): void {
    this.emit('joined', { room, messages, gap, members });
  }

  onAnswered(room: string): void {
    this.unanswered.delete(room);
    if (this.unanswered.size === 0 && this.state.name === 'recovering') this.tellState();
  }

  onChat(message: RoomMessage): void {
    const reader = this.rooms.get(message.room);
    const verdict = reader?.receive(message) ?? 'drop';
    if (verdict === 'show') this.emit('chat', message);
    if (verdict === 'rejoin') this.onHole(message.room);
  }

  onHole(room: string): void {
    this.sendJoin(room);
  }

  onAck(id: string): void {
    if (!this.outbox.delete(id)) return;
    this.save();
    this.emit('sent', id);
  }

  onError(error: ErrorMessage): void {
    const message = this.outbox.get(error.id ?? '');
    if (!this.link?.welcome) this.onNotLetIn(error);
    else if (!message) this.onRefused(error);
    else if (error.code === 'rate_limited') this.onTooFast(message, error);
    else this.onFailed(message, error);
  }

  onNotLetIn(_error: ErrorMessage): void {
    this.lose(1006, '');
  }

  onRefused({ message }: ErrorMessage): void {
    this.emit('refused', message);
    this.unanswered.clear();
    if (this.state.name === 'recovering') this.tellState();
  }

  onTooFast(message: OutgoingMessage, { retryAfterMs = 0 }: ErrorMessage): void {
    this.clock.setTimeout(() => {
      if (this.outbox.has(message.id)) this.transmit(message);
    }, retryAfterMs);
  }

  onFailed({ id }: OutgoingMessage, { message }: ErrorMessage): void {
    this.outbox.delete(id);
    this.save();
    this.emit('failed', id, message);
  }

  sendJoin(room: string): void {
    const reader = this.rooms.get(room);
    if (reader && this.link?.welcome) this.transmit({ type: 'join', room, since: reader.join() });
  }

  transmit(message: ClientMessage): void {
    if (this.link?.welcome) this.link.socket?.send(JSON.stringify(message));
  }

  onReconnectState(state: ReconnectState): void {
    if (state.name === 'open') return;
    if (state.name !== 'closed') this.enter(state);
    else if (state.cause === 'refused')
      this.enter({ name: 'closed', reason: state.reason || `Code ${state.code}.` });
    else this.enter({ name: 'closed', reason: state.cause === 'stopped' ? 'Signed out.' : 'Given up.' });
  }

  tellState(): void {
    const welcome = this.link?.welcome;
    if (welcome) this.enter({ name: this.unanswered.size === 0 ? 'open' : 'recovering', ...welcome });
  }

  enter(state: ChatState): void {
    this.state = state;
    this.emit('state', state);
  }
}
