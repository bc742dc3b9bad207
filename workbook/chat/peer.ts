import {
  type ClientMessage,
  messageLimits,
  parseClientMessage,
  Refusal,
  type ServerMessage,
  type User,
} from '#labs/10-protocol';
import type { Hub, Member } from '#labs/11-hub';
import type { Heartbeat } from '#labs/12-heartbeat';
import type { Tickets } from './auth.ts';
import type { ChatService } from './chat-service.ts';
import type { SendEncoded, WebSocketConnection } from './engine.ts';
import { messageRate, TokenBucket } from './limits.ts';

/** What all peers of a server share. */
export interface PeerServices {
  hub: Hub;
  chat: ChatService;
  tickets: Tickets;
  heartbeat: Heartbeat<WebSocketConnection>;
  heartbeatMs: number;
  authDeadlineMs: number;
  encode(message: ServerMessage): Buffer;
}

/** One connection from its handshake to its end: authenticates it, and carries out what it asks. */
export class Peer implements Member {
  readonly #connection: WebSocketConnection;
  readonly #send: SendEncoded;
  readonly #services: PeerServices;
  readonly #bucket = new TokenBucket(messageRate);
  readonly #authDeadline: NodeJS.Timeout;
  #user: User | undefined;
  #closing = false;

  constructor(connection: WebSocketConnection, send: SendEncoded, services: PeerServices) {
    this.#connection = connection;
    this.#send = send;
    this.#services = services;
    this.#authDeadline = setTimeout(
      () => this.close(1008, 'No auth message came in time.'),
      services.authDeadlineMs,
    );
    services.heartbeat.add(connection);
    connection.on('ping', () => services.heartbeat.heard(connection));
    connection.on('pong', () => services.heartbeat.heard(connection));
    connection.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    connection.on('close', () => this.#onClose());
    // `close` follows and does all there is to do; without a listener Node would end the process.
    connection.on('error', () => {});
  }

  get user(): User {
    if (!this.#user) throw new Error('This connection is not authenticated.');
    return this.#user;
  }

  get bufferedAmount(): number {
    return this.#connection.bufferedAmount;
  }

  send(encoded: Buffer): void {
    if (!this.#closing) this.#send(encoded);
  }

  /** Without the hub's limits: for what is said before there is a member, and at the end. */
  tell(message: ServerMessage): void {
    this.send(this.#services.encode(message));
  }

  close(code: number, reason: string): void {
    this.#closing = true;
    this.#connection.close(code, reason);
  }

  terminate(): void {
    this.#connection.terminate();
  }

  #onClose(): void {
    this.#closing = true;
    clearTimeout(this.#authDeadline);
    this.#services.heartbeat.remove(this.#connection);
    if (this.#user) this.#services.hub.disconnect(this);
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#closing) return;
    this.#services.heartbeat.heard(this.#connection);
    const retryAfterMs = this.#bucket.take();
    try {
      const message = this.#read(data, isBinary);
      if (retryAfterMs > 0) {
        const id = 'id' in message ? message.id : undefined;
        throw new Refusal('rate_limited', 'You send faster than the chat allows.', id, retryAfterMs);
      }
      if (this.#user) this.#services.chat.handle(this, message);
      else this.#authenticate(message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error);
    }
  }

  /** Until the connection is authenticated, whatever is not `auth` has one answer, readable or not. */
  #read(data: Buffer, isBinary: boolean): ClientMessage {
    try {
      return parseClientMessage(data, isBinary);
    } catch (error) {
      throw this.#user ? error : notAuthenticated();
    }
  }

  #authenticate(message: ClientMessage): void {
    if (message.type !== 'auth') throw notAuthenticated();
    const { hub, tickets, heartbeatMs } = this.#services;
    const user = tickets.redeem(message.ticket);
    if (!user)
      throw new Refusal('unauthenticated', 'This ticket is unknown, used or expired. Get a new one.');
    clearTimeout(this.#authDeadline);
    this.#user = user;
    hub.connect(this);
    const limits = {
      ...messageLimits,
      messagesPerSecond: messageRate.perSecond,
      messageBurst: messageRate.burst,
    };
    this.tell({ type: 'welcome', user, heartbeatMs, limits });
  }

  /** A member's refusals count as what waits for it: who does not read them is too slow as well. */
  #refuse({ reply }: Refusal): void {
    if (this.#user) this.#services.hub.send(this, reply);
    else this.tell(reply);
  }
}

function notAuthenticated(): Refusal {
  return new Refusal('unauthenticated', 'Send auth with a ticket first.');
}
