import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type ClientMessage,
  type MessageOf,
  messageLimits,
  parseClientMessage,
  Refusal,
  type RoomMessage,
  type ServerMessage,
  type User,
} from '#labs/10-protocol';
import { Hub, type Member } from '#labs/11-hub';
import { Heartbeat } from '#labs/12-heartbeat';
import { JoinGate } from '#labs/14-resume';
import { Admission, Authority, authorize, type Identity, isOriginAllowed } from '#labs/15-auth';
import { ConnectionCaps, clientAddress, Guard, RateLimiter } from '#labs/16-limits';
import {
  type Backplane,
  type BackplaneListener,
  MemoryBackplane,
  type RoomHistory,
  Unavailable,
} from '#labs/17-backplane';
import { type DrainOptions, drain, type Leaving } from '#labs/18-balancing';
import { type ConnectionMonitor, type Logger, Monitor } from '#labs/19-monitoring';
import type { Engine, OnOpen, SendEncoded, WebSocketConnection } from '../workbook/chat/engine.ts';
import { createHttpHandler } from '../workbook/chat/http.ts';
import { guardLimits, hubLimits, serverLimits, userRate } from '../workbook/chat/limits.ts';
import { Listener, type ListenerOptions } from '../workbook/chat/listener.ts';
import type { Asset } from '../workbook/chat/page.ts';
import { endStreamWith, endWith, type Refused } from '../workbook/chat/refuse.ts';
import { type AnyRequest, forwardedFor, ownOrigin } from '../workbook/chat/requests.ts';
import { signingKey } from '../workbook/chat/signing-key.ts';
import type { Tap } from '../workbook/chat/tap.ts';

export interface ChatServerOptions extends ListenerOptions {
  /** What speaks WebSocket: labs 01 to 08, or `ws`. */
  engine: Engine;
  /** The web client's files, by path. */
  page: ReadonlyMap<string, Asset>;
  /** Makes many nodes one chat. The server starts it and stops it. Default: in memory, for one node. */
  backplane?: Backplane;
  /** Default: nothing is logged. */
  log?: Logger;
  /** Signs sessions and tickets; the same on all nodes. Default: random, so that sessions end with the process. */
  secret?: string;
  /** Origins beside the server's own whose pages may use it: `http://localhost:5173`. Default: none. */
  allowedOrigins?: readonly string[];
  /** Addresses of proxies whose `X-Forwarded-For` is believed. Default: none. */
  trustedProxies?: readonly string[];
  /** Opens the operator's endpoints to who shows it. Default: they are not there. */
  operatorToken?: string;
  /** Which labs are whose, for `/healthz`: `{ '03': 'yours' }`. */
  labs?: Record<string, 'yours' | 'reference'>;
  /** Shows the bytes of all WebSockets to whoever listens. Default: nobody can. */
  tap?: Tap;
  /** From ping to ping, in ms. Default: 15,000. */
  heartbeatMs?: number;
  /** Time for a good ticket to come, in ms. Default: 10,000. */
  authDeadlineMs?: number;
  /** Connections at once, over all and an address. Default: 20,000 and 1,000. */
  caps?: { total: number; perAddress: number };
  /** How `close` sends everyone away. Default: over one second. */
  drain?: Pick<DrainOptions, 'spreadMs' | 'batches' | 'deadlineMs'>;
}

export interface ChatServer {
  /** Where it listens: `{ port }` matters when it was started on port 0. */
  address: AddressInfo;
  /** Takes nobody new, sends everyone away in batches (lab 18), and ends when all are gone. */
  close(): Promise<void>;
}

// #region start
/**
 * Starts the chat: HTTP, and the WebSocket at `/chat`.
 *
 * @throws the error of `listen`, with its code, `EADDRINUSE` for a taken port; Unavailable when the backplane
 * cannot be reached.
 */
export async function startChatServer(
  port: number,
  host: string,
  options: ChatServerOptions,
): Promise<ChatServer> {
  // #region solution: make the parts and put them together: who may connect (15, 16), who is connected (11, 12), what they ask for (ChatService), how it is doing (19), and how all leave (18)
  const { engine, allowedOrigins = [], trustedProxies = [], backplane = new MemoryBackplane() } = options;
  const heartbeatMs = options.heartbeatMs ?? serverLimits.heartbeatMs;
  const authority = new Authority({ secret: signingKey(options.secret), claims: backplane });
  const encode = (message: ServerMessage) => engine.encode(JSON.stringify(message));
  const hub = new Hub({ ...hubLimits, encode, tellsPresence: false });
  const gauges = { rooms: () => hub.roomCount, isUp: () => backplane.isUp };
  const monitor = new Monitor({ log: options.log, gauges });
  const caps = new ConnectionCaps(options.caps ?? serverLimits.caps);
  const peers = new Set<Peer>();
  const services: PeerServices = {
    chat: new ChatService({ hub, backplane, monitor, everyone: peers, log: options.log }),
    peers,
    heartbeat: new Heartbeat(heartbeatMs),
    heartbeatMs,
    redeem: (ticket) => authority.redeemTicket(ticket),
    authDeadlineMs: options.authDeadlineMs ?? serverLimits.authDeadlineMs,
    users: new RateLimiter(userRate),
    encode,
  };
  let isDraining = false;

  const isAllowed = (request: AnyRequest) => {
    const allowed = [...allowedOrigins, ownOrigin(request)];
    return isOriginAllowed(request.headers.origin, { allowed, allowAbsent: true });
  };
  const http = createHttpHandler({
    page: options.page,
    authority,
    isAllowed,
    signedOut: (session) => backplane.revoke(session),
    health: () => ({
      status: isDraining ? 'draining' : backplane.isUp ? 'ok' : 'degraded',
      engine: engine.name,
      backplane: backplane.name,
      labs: options.labs ?? {},
    }),
    monitor,
  });

  /** What comes before the handshake, which is the engine's: why there is to be none, or whom to tell of it. */
  const admit = (request: AnyRequest, socket: Duplex): Refused | OnOpen => {
    const address = clientAddress(request.socket.remoteAddress ?? '', forwardedFor(request), trustedProxies);
    if (request.url?.split('?')[0] !== '/chat') return { status: 404, reason: 'The WebSocket is at /chat.' };
    if (!isAllowed(request)) return { status: 403, reason: 'Pages of this origin may not use the chat.' };
    if (isDraining) return { status: 503, reason: 'This server is about to stop. Try again.' };
    const release = caps.admit(address);
    if (!release) return { status: 503, reason: 'There are too many connections. Try again later.' };
    socket.once('close', release);
    return (connection, send) => new Peer(connection, send, monitor.opened(address, connection), services);
  };

  const listener = new Listener(options, http);
  listener.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // From here on Node leaves the socket to us, its errors too.
    socket.on('error', () => socket.destroy());
    options.tap?.watch(request, socket, head);
    const admitted = admit(request, socket);
    if (typeof admitted === 'function') return engine.accept(request, socket, head, admitted);
    monitor.refusedHandshake(admitted.status);
    endWith(socket, admitted);
  });
  listener.server.on('connect', (request: IncomingMessage | Http2ServerRequest) => {
    // A CONNECT of HTTP/1.1 asks for a proxy, and there is none.
    if (!('stream' in request)) return request.socket.destroy();
    const { stream, headers } = request;
    const admitted = engine.acceptStream ? admit(request, stream) : noStreams;
    if (typeof admitted === 'function') return engine.acceptStream?.(stream, headers, admitted);
    monitor.refusedHandshake(admitted.status);
    endStreamWith(stream, admitted);
  });

  await backplane.start(services.chat);
  if (!backplane.isUp) {
    await backplane.stop();
    throw new Unavailable('The backplane cannot be reached.', 1_000);
  }
  await listener.listen(port, host);

  return {
    address: listener.server.address() as AddressInfo,
    async close() {
      isDraining = true;
      const closed = listener.close();
      await drain(peers, options.drain ?? serverLimits.drain);
      listener.cut();
      await closed;
      await backplane.stop();
      services.heartbeat.stop();
      monitor.stop();
    },
  };
  // #endregion
}
// #endregion start

/** What all connections of a server share. */
interface PeerServices {
  chat: ChatService;
  /** Everyone who is connected, authenticated or not. */
  peers: Set<Peer>;
  heartbeat: Heartbeat<WebSocketConnection>;
  heartbeatMs: number;
  redeem(ticket: string): Promise<Identity | undefined>;
  authDeadlineMs: number;
  /** How fast a user may send, over all their connections. */
  users: RateLimiter;
  encode(message: ServerMessage): Buffer;
}

const noStreams: Refused = { status: 501, reason: 'The WebSocket here is over HTTP/1.1 only.' };

// #region peer
/** One connection from its handshake to its end. */
class Peer implements Participant, Leaving {
  readonly gates = new RoomGates((encoded) => this.#transmit(encoded));
  readonly #connection: WebSocketConnection;
  readonly #send: SendEncoded;
  readonly #monitor: ConnectionMonitor;
  readonly #services: PeerServices;
  readonly #admission: Admission;
  readonly #guard: Guard;
  #user: User | undefined;
  /** Ends with the last message that is being carried out. */
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isClosing = false;

  constructor(
    connection: WebSocketConnection,
    send: SendEncoded,
    monitor: ConnectionMonitor,
    services: PeerServices,
  ) {
    // #region solution: the deadline and the heartbeat begin; from now on the connection's events are handled
    this.#connection = connection;
    this.#send = send;
    this.#monitor = monitor;
    this.#services = services;
    this.#guard = new Guard(guardLimits, services);
    this.#admission = new Admission({
      redeem: services.redeem,
      deadlineMs: services.authDeadlineMs,
      close: (code, reason) => this.close(code, reason),
    });
    services.peers.add(this);
    services.heartbeat.add(connection);
    connection.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    connection.on('ping', () => this.#onControl());
    connection.on('pong', () => this.#onControl());
    connection.on('close', (code) => this.#onClose(code));
    // `close` follows and does all there is to do; without a listener Node would end the process.
    connection.on('error', () => {});
    // #endregion
  }

  get user(): User {
    if (!this.#user) throw new Error('This connection is not authenticated.');
    return this.#user;
  }

  get bufferedAmount(): number {
    return this.#connection.bufferedAmount;
  }

  /** What the hub has for it; a room that is being joined waits until its history is sent. */
  send(encoded: Buffer, message: ServerMessage): void {
    this.gates.pass(encoded, message);
  }

  /** Without the hub's limits: for what is said before there is a member, and at the end. */
  tell(message: ServerMessage): void {
    this.#transmit(this.#services.encode(message));
  }

  close(code: number, reason: string): void {
    this.#isClosing = true;
    this.#connection.close(code, reason);
  }

  terminate(): void {
    this.#connection.terminate();
  }

  /** A sign-in was ended, on this node or another. */
  revoked(session: string): void {
    this.#admission.revoked(session);
  }

  #transmit(encoded: Buffer): void {
    if (this.#isClosing) return;
    this.#monitor.sent(encoded.length);
    this.#send(encoded);
  }

  // #region on-message
  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#isClosing) return;
    // #region solution: a sign of life; readable or not; within the limits or not; then, in its turn, carried out
    this.#services.heartbeat.heard(this.#connection);
    const message = readMessage(data, isBinary);
    this.#monitor.received(message instanceof Refusal ? 'unreadable' : message.type, data.length);
    const verdict = this.#guard.message(data.length, this.#user?.id);
    if (verdict.do === 'close') this.close(verdict.code, verdict.reason);
    else if (verdict.do === 'refuse') this.#refuse(tooFast(message, verdict.retryAfterMs));
    else if (this.#waiting >= serverLimits.maxWaiting) this.#refuse(tooFast(message, 1_000));
    else this.#inTurn(() => this.#carryOut(message));
    // #endregion
  }

  /** One at a time, in the order they came: a room is joined before it is spoken in. */
  #inTurn(act: () => Promise<void>): void {
    // #region solution: after what is under way; a mistake in one must not keep the next from its turn
    this.#waiting++;
    this.#turn = this.#turn.then(act).finally(() => this.#waiting--);
    // #endregion
  }

  /** What throws anything but a refusal is a mistake of ours, and ends the process. */
  async #carryOut(message: ClientMessage | Refusal): Promise<void> {
    // #region solution: before auth there is one answer to all else; then each message is authorised and handled; a store that is away is said, and nothing promised
    try {
      if (message instanceof Refusal) throw this.#user ? message : notAuthenticated();
      if (message.type === 'auth') return await this.#authenticate(message.ticket);
      const { chat } = this.#services;
      authorize(message, { user: this.#user, isIn: (room) => chat.isIn(this, room) });
      await chat.handle(this, message);
    } catch (error) {
      if (error instanceof Refusal) this.#refuse(error);
      else if (error instanceof Unavailable) this.#onUnavailable(error, message);
      else throw error;
    }
    // #endregion
  }
  // #endregion on-message

  async #authenticate(ticket: string): Promise<void> {
    // #region solution: admit, connect, welcome
    const { chat, heartbeatMs } = this.#services;
    const { user } = await this.#admission.authenticate(ticket);
    this.#user = user;
    this.#monitor.identified(user);
    await chat.arrive(this);
    const { perSecond, burst } = guardLimits.messages;
    const limits = { ...messageLimits, messagesPerSecond: perSecond, messageBurst: burst };
    this.tell({ type: 'welcome', user, heartbeatMs, limits });
    // #endregion
  }

  /** A client sends a message again until it is acknowledged. A room or a sign-in it asks for anew with a connection. */
  #onUnavailable({ retryAfterMs }: Unavailable, message: ClientMessage | Refusal): void {
    // #region solution: a message with an id can be tried again after a while; for all else the connection ends with 1013, try again later
    const why = 'The chat cannot reach its store.';
    if ('id' in message) this.#refuse(new Refusal('rate_limited', why, message.id, retryAfterMs));
    else this.close(1013, why);
    // #endregion
  }

  /** A member's refusals count as what waits for it: who does not read them is too slow as well. */
  #refuse({ reply }: Refusal): void {
    this.#monitor.refused(reply.code);
    if (this.#user) this.#services.chat.answer(this, reply);
    else this.tell(reply);
  }

  /** A ping, which lab 06 has answered, or a pong. */
  #onControl(): void {
    this.#services.heartbeat.heard(this.#connection);
    const verdict = this.#guard.control();
    if (verdict.do === 'close') this.close(verdict.code, verdict.reason);
  }

  #onClose(code: number): void {
    // #region solution: stop what runs for it, and leave nothing of it behind; in its turn, as a join may be under way
    const { peers, heartbeat, chat } = this.#services;
    this.#isClosing = true;
    this.#monitor.closed(code);
    this.#admission.stop();
    heartbeat.remove(this.#connection);
    peers.delete(this);
    this.#inTurn(async () => {
      if (this.#user) await chat.depart(this);
    });
    // #endregion
  }
}
// #endregion peer

/** The message, or why it is none. */
function readMessage(data: Buffer, isBinary: boolean): ClientMessage | Refusal {
  try {
    return parseClientMessage(data, isBinary);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function notAuthenticated(): Refusal {
  return new Refusal('unauthenticated', 'Send auth with a ticket first.');
}

function tooFast(message: ClientMessage | Refusal, retryAfterMs: number): Refusal {
  const id = message instanceof Refusal ? message.reply.id : 'id' in message ? message.id : undefined;
  return new Refusal('rate_limited', 'You send faster than the chat allows.', id, retryAfterMs);
}

/** A member whose rooms open once their history is sent. */
export interface Participant extends Member {
  readonly gates: RoomGates;
  /** A sign-in was ended, on this node or another: if it is this one's, the connection is closed. */
  revoked(session: string): void;
}

/** Stands between the rooms and one connection, with a gate (lab 14) for each room it is in. */
export class RoomGates {
  // #region solution: where things go, and a gate a room
  readonly #transmit: (encoded: Buffer) => void;
  readonly #gates = new Map<string, JoinGate<Buffer>>();
  // #endregion

  constructor(transmit: (encoded: Buffer) => void) {
    // #region solution: keep it
    this.#transmit = transmit;
    // #endregion
  }

  /** Those it is in, or is about to be. */
  get rooms(): Iterable<string> {
    // #region solution: what there is a gate for
    return this.#gates.keys();
    // #endregion
  }

  /** The room is joined, or joined again: what is said is held until `joined` has passed. */
  shut(room: string): void {
    // #region solution: a new gate is shut
    this.#gates.set(room, new JoinGate(this.#transmit));
    // #endregion
  }

  forget(room: string): void {
    // #region solution: no gate, no room
    this.#gates.delete(room);
    // #endregion
  }

  /** Sends a message on, at once or once its room's gate opens. `joined` opens it: what it has is not sent again. */
  pass(encoded: Buffer, message: ServerMessage): void {
    // #region solution: chat by its number; presence has none, and is always news; joined goes first and opens the gate
    const gate = 'room' in message && message.room !== undefined && this.#gates.get(message.room);
    if (gate && message.type === 'chat') gate.push(message.seq, encoded);
    else if (gate && message.type === 'presence') gate.push(Number.POSITIVE_INFINITY, encoded);
    else this.#transmit(encoded);
    if (gate && message.type === 'joined') gate.open(message.seq);
    // #endregion
  }
}

/** What a chat is made of, on one node. */
export interface ChatParts {
  /** Delivers on this node. */
  hub: Hub;
  /** Stores, and tells all nodes. */
  backplane: Backplane;
  monitor: Monitor;
  /** All connections of this node, authenticated or not. */
  everyone: Iterable<Participant>;
  log?: Logger;
}

// #region chat-service
/** What the chat does with the messages of its connections, and with what other nodes tell. */
export class ChatService implements BackplaneListener {
  readonly #parts: ChatParts;

  constructor(parts: ChatParts) {
    this.#parts = parts;
  }

  isIn(member: Participant, room: string): boolean {
    return this.#parts.hub.isIn(member, room);
  }

  /** It is authenticated. */
  async arrive(member: Participant): Promise<void> {
    // #region solution: on this node, then for all
    this.#parts.hub.connect(member);
    await this.#parts.backplane.arrive(member.user);
    // #endregion
  }

  /** It is gone. */
  async depart(member: Participant): Promise<void> {
    // #region solution: out of the hub, and out of every room it has a gate for
    this.#parts.hub.disconnect(member);
    const rooms = [...member.gates.rooms];
    await Promise.all(rooms.map((room) => this.#parts.backplane.leave(room, member.user)));
    await this.#parts.backplane.depart(member.user);
    // #endregion
  }

  /** Sends one connection what is for it alone. */
  answer(member: Participant, message: ServerMessage): void {
    this.#parts.hub.send(member, message);
  }

  /**
   * Carries out a message that its sender may send.
   *
   * @throws Refusal for what cannot be done; Unavailable when the backplane cannot.
   */
  async handle(member: Participant, message: Exclude<ClientMessage, { type: 'auth' }>): Promise<void> {
    switch (message.type) {
      case 'join':
        return await this.#join(member, message);
      case 'leave':
        return await this.#leave(member, message.room);
      case 'chat':
        return await this.#chat(member, message);
      case 'direct':
        return await this.#direct(member, message);
      case 'ping':
        return this.answer(member, { type: 'pong' });
    }
  }

  // #region join
  /** In this order: what is said while the history is read waits at the gate, and follows it. */
  async #join(member: Participant, { room, since }: MessageOf<ClientMessage, 'join'>): Promise<void> {
    // #region solution: into the hub, shut the gate, into the backplane if it was not in; then read, and answer with joined
    const isNew = !this.#parts.hub.isIn(member, room);
    this.#parts.hub.join(member, room);
    member.gates.shut(room);
    if (isNew) await this.#parts.backplane.enter(room, member.user);
    const history = await this.#parts.backplane.read(room, since);
    const members = await this.#parts.backplane.membersOf(room);
    this.answer(member, { type: 'joined', room, ...history, members });
    if (since) this.#parts.monitor.resumed(history.recovered);
    // #endregion
  }
  // #endregion join

  async #leave(member: Participant, room: string): Promise<void> {
    // #region solution: the reverse of join
    this.#parts.hub.leave(member, room);
    member.gates.forget(room);
    await this.#parts.backplane.leave(room, member.user);
    // #endregion
  }

  // #region chat
  /** Acknowledged once stored. It comes back as `message`, to the sender too: so all see one order. */
  async #chat(member: Participant, { id, room, content }: MessageOf<ClientMessage, 'chat'>): Promise<void> {
    // #region solution: append, then ack with its number
    const post = { id, from: member.user, content, at: Date.now() };
    const { seq } = await this.#parts.backplane.append(room, post);
    this.#parts.monitor.stored();
    this.answer(member, { type: 'ack', id, room, seq });
    // #endregion
  }
  // #endregion chat

  async #direct(member: Participant, { id, to, content }: MessageOf<ClientMessage, 'direct'>): Promise<void> {
    // #region solution: hand it on, then ack; a user who is nowhere is unknown
    const message = { type: 'direct', id, from: member.user, content, at: Date.now() } as const;
    if (!(await this.#parts.backplane.direct(to, message))) {
      throw new Refusal('unknown_user', 'This user is not connected.', id);
    }
    this.answer(member, { type: 'ack', id });
    // #endregion
  }

  // #region listener
  message(message: RoomMessage): void {
    // #region solution: to everyone in the room; how late, the monitor wants to know
    this.#parts.hub.broadcast(message.room, message);
    this.#parts.monitor.delivered(Date.now() - message.at);
    // #endregion
  }

  presence(room: string, user: User, event: 'joined' | 'left'): void {
    this.#parts.hub.present(room, user, event);
  }

  /** As if everyone had joined again: `recovered` is false, so clients say that something may be missing. */
  async reset(room: string, history: RoomHistory): Promise<void> {
    // Should it be away again, those of this node are better than no word of the gap.
    const members = await this.#parts.backplane.membersOf(room).catch(() => this.#parts.hub.membersOf(room));
    this.#parts.hub.broadcast(room, { type: 'joined', room, ...history, members });
  }

  direct(to: string, message: MessageOf<ServerMessage, 'direct'>): void {
    this.#parts.hub.direct(to, message);
  }

  health(isUp: boolean): void {
    this.#parts.log?.[isUp ? 'info' : 'warn']({ isUp }, 'backplane');
  }

  revoked(session: string): void {
    for (const member of this.#parts.everyone) member.revoked(session);
  }
  // #endregion listener
}
// #endregion chat-service
