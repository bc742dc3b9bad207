import type { Heartbeat } from '#labs/12-heartbeat';
import type { Tickets } from './auth.ts';
import type { SendEncoded, WebSocketConnection } from './engine.ts';
import type { Hub, Member } from './hub.ts';
import { messageRate, serverLimits, TokenBucket } from './limits.ts';
import {
  type ClientMessage,
  messageLimits,
  parseClientMessage,
  Refusal,
  type ServerMessage,
} from './protocol.ts';

/** What all peers of a server share. */
export interface PeerServices {
  hub: Hub;
  tickets: Tickets;
  heartbeat: Heartbeat<WebSocketConnection>;
  heartbeatMs: number;
  authDeadlineMs: number;
  encode(message: ServerMessage): Buffer;
}

/** One connection from its handshake to its end: authenticates it, and carries out what it asks. */
export class Peer {
  readonly #connection: WebSocketConnection;
  readonly #send: SendEncoded;
  readonly #services: PeerServices;
  readonly #bucket = new TokenBucket(messageRate);
  readonly #authDeadline: NodeJS.Timeout;
  #member: Member | undefined;
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

  send(message: ServerMessage): void {
    this.#deliver(this.#services.encode(message));
  }

  close(code: number, reason: string): void {
    this.#closing = true;
    this.#connection.close(code, reason);
  }

  terminate(): void {
    this.#connection.terminate();
  }

  /** Nobody's slow connection may fill the server's memory: what cannot be sent ends it. */
  #deliver(encoded: Buffer): void {
    if (this.#closing) return;
    if (this.#connection.bufferedAmount > serverLimits.maxBufferedAmount) {
      this.close(1013, 'Too slow: too much was waiting to be read.');
    } else {
      this.#send(encoded);
    }
  }

  #onClose(): void {
    this.#closing = true;
    clearTimeout(this.#authDeadline);
    this.#services.heartbeat.remove(this.#connection);
    if (this.#member) this.#services.hub.disconnect(this.#member);
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
      if (this.#member) this.#handle(this.#member, message);
      else this.#authenticate(message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.send(error.reply);
    }
  }

  /** Until the connection is authenticated, whatever is not `auth` has one answer, readable or not. */
  #read(data: Buffer, isBinary: boolean): ClientMessage {
    try {
      return parseClientMessage(data, isBinary);
    } catch (error) {
      throw this.#member ? error : notAuthenticated();
    }
  }

  #authenticate(message: ClientMessage): void {
    if (message.type !== 'auth') throw notAuthenticated();
    const { hub, tickets, heartbeatMs } = this.#services;
    const user = tickets.redeem(message.ticket);
    if (!user)
      throw new Refusal('unauthenticated', 'This ticket is unknown, used or expired. Get a new one.');
    clearTimeout(this.#authDeadline);
    this.#member = { user, deliver: (encoded) => this.#deliver(encoded) };
    hub.connect(this.#member);
    const limits = {
      ...messageLimits,
      messagesPerSecond: messageRate.perSecond,
      messageBurst: messageRate.burst,
    };
    this.send({ type: 'welcome', user, heartbeatMs, limits });
  }

  #handle(member: Member, message: ClientMessage): void {
    const { hub } = this.#services;
    switch (message.type) {
      case 'auth':
        throw new Refusal('bad_message', 'This connection is authenticated already.');
      case 'join':
        hub.join(member, message);
        break;
      case 'leave':
        hub.leave(member, message.room);
        break;
      case 'chat':
        hub.chat(member, message);
        break;
      case 'direct':
        hub.direct(member, message);
        break;
      case 'ping':
        this.send({ type: 'pong' });
        break;
    }
  }
}

function notAuthenticated(): Refusal {
  return new Refusal('unauthenticated', 'Send auth with a ticket first.');
}
