// Right, with an object for each connection: the client forgets the object, and with it all it might still hear.
import {
  type ClientMessage,
  messageLimits,
  parseServerMessage,
  type ServerMessage,
  subprotocol,
} from '#labs/10-protocol';
import { Watchdog } from '#labs/12-heartbeat';
import { type Attempt, Reconnector, type ReconnectState } from '#labs/13-reconnect';
import { Outbox, type OutgoingMessage, RoomReader } from '#labs/14-resume';
import type {
  ChatClientEvents,
  ChatClientOptions,
  ChatState,
  WebSocketLike,
} from '../../../solutions/21-chat-client.ts';
import { systemClock } from '../../../workbook/clock.ts';
import { Emitter } from '../../../workbook/emitter.ts';

export * from '../../../solutions/21-chat-client.ts';

/** A connection: it reports until it is ended, and then no more. */
class Session {
  readonly #socket: WebSocketLike;
  readonly #watchdog: Watchdog;
  #isOver = false;

  constructor(
    { url, WebSocket, clock }: ChatClientOptions,
    ticket: string,
    report: { message(message: ServerMessage): void; end(code: number, reason: string): void },
  ) {
    const end = (code: number, reason: string) => {
      if (this.#isOver) return;
      this.end();
      report.end(code, reason);
    };
    this.#socket = new WebSocket(url, subprotocol);
    this.#watchdog = new Watchdog(
      { onQuiet: () => this.send({ type: 'ping' }), onDead: () => end(1006, '') },
      clock,
    );
    this.#socket.addEventListener('open', () => this.send({ type: 'auth', ticket }));
    this.#socket.addEventListener('close', ({ code, reason }) => end(code, reason));
    this.#socket.addEventListener('error', () => {});
    this.#socket.addEventListener('message', ({ data }) => {
      if (this.#isOver) return;
      this.#watchdog.heard();
      const message = parseServerMessage(String(data));
      if (message?.type === 'welcome') this.#watchdog.start(message.heartbeatMs);
      if (message) report.message(message);
    });
  }

  send(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  end(code?: number): void {
    this.#isOver = true;
    this.#watchdog.stop();
    this.#socket.close(code);
  }
}

export class ChatClient extends Emitter<ChatClientEvents> {
  #state: ChatState = { name: 'closed', reason: 'Ready.' };
  #session: Session | undefined;
  #connected: Extract<ChatState, { name: 'open' }> | undefined;
  #silentRooms: string[] = [];
  readonly #options: ChatClientOptions;
  readonly #outbox: Outbox;
  readonly #readers: Record<string, RoomReader> = Object.create(null) as Record<string, RoomReader>;
  readonly #reconnector: Reconnector;

  constructor(options: ChatClientOptions) {
    super();
    this.#options = { clock: systemClock, ...options };
    this.#outbox = new Outbox(options.outboxStore);
    this.#reconnector = new Reconnector({
      ...options,
      connect: (attempt) => this.#connect(attempt),
      onState: (state) => this.#mirror(state),
    });
  }

  get state(): ChatState {
    return this.#state;
  }

  get pending(): OutgoingMessage[] {
    return Array.from(this.#outbox);
  }

  tryNow = () => this.#reconnector.tryNow();
  networkLost = () => this.#reconnector.networkLost();
  networkBack = () => this.#reconnector.networkBack();
  pageShown = () => this.#reconnector.pageShown();

  close(): void {
    for (const room in this.#readers) delete this.#readers[room];
    this.#outbox.clear();
    this.#reconnector.stop();
  }

  join(room: string): void {
    if (room in this.#readers) return;
    this.#readers[room] = new RoomReader();
    if (this.#connected) this.#askFor(room);
  }

  leave(room: string): void {
    delete this.#readers[room];
    if (this.#connected) this.#session?.send({ type: 'leave', room });
    this.#settleRooms((silent) => silent !== room);
  }

  chat(room: string, content: string, id: string = crypto.randomUUID()): string {
    this.#post({ type: 'chat', id, room, content });
    return id;
  }

  direct(to: string, content: string, id: string = crypto.randomUUID()): string {
    this.#post({ type: 'direct', id, to, content });
    return id;
  }

  async #post(message: OutgoingMessage): Promise<void> {
    if (message.content.length <= messageLimits.maxContentLength) {
      this.#outbox.add(message);
      if (this.#connected) this.#session?.send(message);
      return;
    }
    await undefined;
    this.emit('failed', message.id, `A message has at most ${messageLimits.maxContentLength} characters.`);
  }

  #connect(attempt: Attempt): () => void {
    let isWanted = true;
    const start = async () => {
      const ticket = await this.#options.getTicket().catch(() => undefined);
      if (!isWanted) return;
      if (ticket === undefined) return attempt.closed(1006);
      this.#session = new Session(this.#options, ticket, {
        message: (message) => this.#take(message, attempt),
        end: (code, reason) => this.#lost(attempt, code, reason),
      });
    };
    void start();
    return () => {
      isWanted = false;
      this.#session?.end(1000);
      this.#session = this.#connected = undefined;
    };
  }

  #lost(attempt: Attempt, code: number, reason: string): void {
    this.#session = this.#connected = undefined;
    attempt.closed(code, reason);
  }

  #take(message: ServerMessage, attempt: Attempt): void {
    if (message.type === 'welcome') this.#begin(message, attempt);
    if (message.type === 'joined') {
      const { room, members } = message;
      const reader = this.#readers[room];
      if (reader) this.emit('joined', { room, members, ...reader.joined(message) });
      this.#settleRooms((silent) => silent !== room);
    }
    if (message.type === 'chat') {
      const verdict = this.#readers[message.room]?.receive(message);
      if (verdict === 'rejoin') this.#askFor(message.room);
      if (verdict === 'show') this.emit('chat', message);
    }
    if (message.type === 'direct') this.emit('direct', message);
    if (message.type === 'presence') this.emit('presence', message);
    if (message.type === 'drain') this.#reconnector.advise(message.reconnectInMs);
    if (message.type === 'ack' && this.#outbox.remove(message.id)) this.emit('sent', message.id);
    if (message.type === 'error') this.#refused(message, attempt);
  }

  #begin({ user, limits }: Extract<ServerMessage, { type: 'welcome' }>, attempt: Attempt): void {
    this.#connected = { name: 'open', user, limits };
    attempt.opened();
    this.#silentRooms = Object.keys(this.#readers);
    this.#silentRooms.forEach((room) => {
      this.#askFor(room);
    });
    for (const message of this.#outbox) this.#session?.send(message);
    const { length } = this.#silentRooms;
    this.#tell(length > 0 ? { ...this.#connected, name: 'recovering' } : this.#connected);
  }

  #refused(error: Extract<ServerMessage, { type: 'error' }>, attempt: Attempt): void {
    const { id = '', code, message, retryAfterMs = 0 } = error;
    const own = this.#outbox.get(id);
    if (!this.#connected) {
      this.#session?.end();
      this.#lost(attempt, 1006, '');
    } else if (own && code === 'rate_limited') {
      const again = () => {
        if (this.#connected && this.#outbox.get(id)) this.#session?.send(own);
      };
      (this.#options.clock ?? systemClock).setTimeout(again, retryAfterMs);
    } else if (this.#outbox.remove(id)) {
      this.emit('failed', id, message);
    } else {
      this.emit('refused', message);
      this.#settleRooms(() => false);
    }
  }

  #askFor(room: string): void {
    this.#session?.send({ type: 'join', room, since: this.#readers[room].join() });
  }

  #settleRooms(isStillSilent: (room: string) => boolean): void {
    this.#silentRooms = this.#silentRooms.filter(isStillSilent);
    const isDone = this.#state.name === 'recovering' && this.#silentRooms.length === 0;
    if (isDone && this.#connected) this.#tell(this.#connected);
  }

  #mirror(state: ReconnectState): void {
    if (state.name === 'closed') {
      const reason = state.cause === 'refused' ? state.reason || `Refused with ${state.code}` : state.cause;
      this.#tell({ name: 'closed', reason });
    } else if (state.name !== 'open') this.#tell(state);
  }

  #tell(state: ChatState): void {
    this.#state = state;
    this.emit('state', state);
  }
}
