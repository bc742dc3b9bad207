import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
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
import { addressKey, ConnectionCaps, clientAddress, Guard, type Rate, RateLimiter } from '#labs/16-limits';
import {
  type Backplane,
  type BackplaneListener,
  MemoryBackplane,
  type RoomHistory,
  Unavailable,
} from '#labs/17-backplane';
import { type DrainOptions, drain, type Leaving } from '#labs/18-balancing';
import { type ConnectionMonitor, type Logger, Monitor } from '#labs/19-monitoring';
import type { Asset } from '../workbook/bundle-script.ts';
import type { Engine, SendEncoded, WebSocketConnection } from '../workbook/chat/engine.ts';
import { leadHandshakes } from '../workbook/chat/handshakes.ts';
import { createHttpHandler } from '../workbook/chat/http.ts';
import { guardLimits, hubLimits, serverLimits, userRate } from '../workbook/chat/limits.ts';
import { Listener, type ListenerOptions } from '../workbook/chat/listener.ts';
import { operatorRoutes } from '../workbook/chat/operator.ts';
import type { Refused } from '../workbook/chat/refuse.ts';
import { type AnyRequest, forwardedFor, ownOrigin } from '../workbook/chat/requests.ts';
import { signingKey } from '../workbook/chat/signing-key.ts';
import type { Tap } from '../workbook/chat/tap.ts';
import { Unfinished } from '../workbook/unfinished.ts';

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
  /** How fast an address may ask for sessions and tickets. Default: 50 a second, 1,000 at once. */
  signInRate?: Rate;
  /** How `close` sends everyone away. Default: over one second. */
  drain?: Pick<DrainOptions, 'spreadMs' | 'batches' | 'deadlineMs'>;
}

export interface ChatServer {
  /** Where it listens: `{ port }` matters when it was started on port 0. */
  address: AddressInfo;
  /**
   * Takes nobody new, sends everyone away in batches (lab 18), and ends when all are gone. Until then HTTP is
   * answered, upgrades with 503, `/healthz` too: so balancers learn of it, and the drain can be watched.
   */
  close(): Promise<void>;
}

/**
 * Starts the chat: HTTP, and the WebSocket at `/chat`. A store that is away does not keep it from starting.
 *
 * @throws the error of `listen`, with its code: `EADDRINUSE` for a taken port.
 */
export async function startChatServer(
  port: number,
  host: string,
  options: ChatServerOptions,
): Promise<ChatServer> {
  // TODO: make the parts and put them together: what is said (10, 11, 17), by whom (15), on which connections (Peer), who may connect (Door), how it is doing (19), and how all leave (18)
  throw new Unfinished('20-chat-server: startChatServer');
}

/** What there is without a WebSocket: the page, sessions and tickets, health, metrics, the operator's endpoints. */
function answerHttp(
  { engine, page, labs = {}, operatorToken }: ChatServerOptions,
  { door, authority, backplane, monitor, peers }: HttpParts,
): RequestListener {
  // TODO: createHttpHandler, with what it asks for; operatorRoutes, which are none without a token
  throw new Unfinished('20-chat-server: answerHttp');
}

interface HttpParts {
  door: Door;
  authority: Authority;
  backplane: Backplane;
  monitor: Monitor;
  peers: ReadonlySet<Peer>;
}

/** For an operator: closes the connections that are this user's, and says how many there were. */
function sendAway(peers: Iterable<Peer>, userId: string): number {
  const theirs = [...peers].filter((peer) => peer.isOf(userId));
  for (const peer of theirs) peer.close(1008, 'An operator has closed this connection.');
  return theirs.length;
}

/** Who may connect, and sign in before that: asked when a refusal is an HTTP status. */
class Door {
  /** The server stops, and takes nobody new. */
  isClosed = false;
  // TODO: what the options say of origins and proxies, how many there may be, and how often they may sign in

  constructor(options: Pick<ChatServerOptions, 'allowedOrigins' | 'trustedProxies' | 'caps' | 'signInRate'>) {
    // TODO: keep them, with their defaults
    throw new Unfinished('20-chat-server: constructor');
  }

  /** Whether pages of the request's origin may use the chat; programs, which have none, always. */
  isOriginAllowed(request: AnyRequest): boolean {
    // TODO: lab 15, with the server's own origin besides
    throw new Unfinished('20-chat-server: isOriginAllowed');
  }

  /** Who comes in, counted until the socket is closed; or why nobody does. */
  admit(request: AnyRequest, socket: Duplex): { address: string } | Refused {
    // TODO: the path, the origin, whether the door is closed, and the caps (lab 16), of the address behind our proxies
    throw new Unfinished('20-chat-server: admit');
  }

  /** Counts a request about a session or a ticket. Returns in how many ms its address may make it; 0: now. */
  signInWait(request: AnyRequest): number {
    // TODO: a RateLimiter (lab 16), by the key of the address behind our proxies
    throw new Unfinished('20-chat-server: signInWait');
  }

  // TODO: private methods of your own, if you like
}

/** What all connections of a server share. */
interface PeerServices {
  /** Everyone who is connected, authenticated or not. */
  peers: Set<Peer>;
  chat: ChatService;
  heartbeat: Heartbeat<WebSocketConnection>;
  heartbeatMs: number;
  /** Who a ticket is good for, once. */
  redeem(ticket: string): Promise<Identity | undefined>;
  authDeadlineMs: number;
  /** How fast a user may send, over all their connections. */
  users: RateLimiter;
  encode(message: ServerMessage): Buffer;
}

/** One connection from its handshake to its end. */
class Peer implements Participant, Leaving {
  readonly gates = new RoomGates((encoded) => this.#transmit(encoded));
  readonly #connection: WebSocketConnection;
  readonly #send: SendEncoded;
  readonly #monitor: ConnectionMonitor;
  readonly #services: PeerServices;
  readonly #admission: Admission;
  readonly #guard: Guard;
  /** Once it is authenticated, and for good: it may have to depart after its session has ended. */
  #user: User | undefined;
  #hasArrived = false;
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
    // TODO: the deadline and the heartbeat begin; from now on the connection's events are handled
    throw new Unfinished('20-chat-server: constructor');
  }

  get user(): User {
    if (!this.#user) throw new Error('This connection is not authenticated.');
    return this.#user;
  }

  isOf(userId: string): boolean {
    return this.#user?.id === userId;
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

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#isClosing) return;
    // TODO: a sign of life; readable or not; within the limits or not; then, in its turn, carried out
    throw new Unfinished('20-chat-server: #onMessage');
  }

  /** One at a time, in the order they came: a room is joined before it is spoken in. */
  #inTurn(act: () => Promise<void>): void {
    // TODO: after what is under way; count it as long as it waits
    throw new Unfinished('20-chat-server: #inTurn');
  }

  /** Anything else that is thrown is a mistake of ours, and ends the process: who knows what it has left half done. */
  async #carryOut(message: ClientMessage | Refusal): Promise<void> {
    // TODO: before auth there is one answer to all else; then each message is authorised, by who is admitted now, and handled; a store that is away is said, and nothing promised
    throw new Unfinished('20-chat-server: #carryOut');
  }

  async #authenticate(ticket: string): Promise<void> {
    // TODO: admit, connect, welcome
    throw new Unfinished('20-chat-server: #authenticate');
  }

  /** A client sends a message again until it is acknowledged. A room or a sign-in it asks for anew with a connection. */
  #onUnavailable({ retryAfterMs }: Unavailable, message: ClientMessage | Refusal): void {
    // TODO: a message with an id can be tried again after a while; for all else the connection ends with 1013, try again later
    throw new Unfinished('20-chat-server: #onUnavailable');
  }

  /** A member's refusals count as what waits for it: who does not read them is too slow as well. */
  #refuse(reply: MessageOf<ServerMessage, 'error'>): void {
    this.#monitor.refused(reply.code);
    if (this.#user) this.#services.chat.answer(this, reply);
    else this.tell(reply);
  }

  /** A ping, which lab 06 has answered, or a pong. */
  #onControl(): void {
    if (this.#isClosing) return;
    this.#services.heartbeat.heard(this.#connection);
    const verdict = this.#guard.control();
    if (verdict.do === 'close') this.#cutOff(verdict.code, verdict.reason);
  }

  /** Says why and reads no more: a flood gets no time to end politely (RFC 6455 §7.1.7). */
  #cutOff(code: number, reason: string): void {
    this.close(code, reason);
    this.#connection.pause();
    setTimeout(() => this.terminate(), serverLimits.cutOffMs).unref();
  }

  #onClose(code: number): void {
    // TODO: stop what runs for it; then, in its turn, as what it said before is still to be carried out, leave nothing of it behind
    throw new Unfinished('20-chat-server: #onClose');
  }
}

/** `close` does all there is to do; without a listener for `error` Node would end the process. */
function closeFollows(): void {}

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

/** As data, not thrown: a flood has many, and each `Error` would walk the stack. */
function tooFast(message: ClientMessage | Refusal, retryAfterMs: number): MessageOf<ServerMessage, 'error'> {
  const id = message instanceof Refusal ? message.reply.id : 'id' in message ? message.id : undefined;
  return tryLater('You send faster than the chat allows.', id, retryAfterMs);
}

function tryLater(
  message: string,
  id: string | undefined,
  retryAfterMs: number,
): MessageOf<ServerMessage, 'error'> {
  return { type: 'error', code: 'rate_limited', message, id, retryAfterMs };
}

/** A member whose rooms open once their history is sent. */
export interface Participant extends Member {
  readonly gates: RoomGates;
  /** A sign-in was ended, on this node or another: if it is this one's, the connection is closed. */
  revoked(session: string): void;
}

/** Stands between the rooms and one connection, with a gate (lab 14) for each room it is in. */
export class RoomGates {
  // TODO: where things go, and a gate a room

  constructor(transmit: (encoded: Buffer) => void) {
    // TODO: keep it
    throw new Unfinished('20-chat-server: constructor');
  }

  /** Those it is in, or is about to be. */
  get rooms(): Iterable<string> {
    // TODO: what there is a gate for
    throw new Unfinished('20-chat-server: rooms');
  }

  /** The room is joined, or joined again: what is said is held until `joined` has passed. */
  shut(room: string): void {
    // TODO: a new gate is shut
    throw new Unfinished('20-chat-server: shut');
  }

  forget(room: string): void {
    // TODO: no gate, no room
    throw new Unfinished('20-chat-server: forget');
  }

  /** Sends a message on, at once or once its room's gate opens. `joined` opens it: what it has is not sent again. */
  pass(encoded: Buffer, message: ServerMessage): void {
    // TODO: chat by its number; presence has none, and is always news; joined goes first and opens the gate
    throw new Unfinished('20-chat-server: pass');
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

/** What the chat does with the messages of its connections, and with what other nodes tell. */
export class ChatService implements BackplaneListener {
  readonly #parts: ChatParts;

  constructor(parts: ChatParts) {
    this.#parts = parts;
  }

  isIn(member: Participant, room: string): boolean {
    return this.#parts.hub.isIn(member, room);
  }

  /** It is authenticated. What rejects has not happened: there is nothing to depart from. */
  async arrive(member: Participant): Promise<void> {
    // TODO: on this node, then for all, or not at all
    throw new Unfinished('20-chat-server: arrive');
  }

  /** It is gone. */
  async depart(member: Participant): Promise<void> {
    // TODO: out of the hub, and out of every room it has a gate for
    throw new Unfinished('20-chat-server: depart');
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

  /** Enter first, then read: what is said while the history is read waits at the gate, and follows it. */
  async #join(member: Participant, { room, since }: MessageOf<ClientMessage, 'join'>): Promise<void> {
    // TODO: shut the gate and enter the room, if it was not in; then read the history, and answer with joined
    throw new Unfinished('20-chat-server: #join');
  }

  /** Nothing is heard of a room before the hub has the member and its gate is there. */
  async #enter(member: Participant, room: string): Promise<void> {
    // TODO: into the hub, shut the gate, into the backplane; what the backplane rejects has not happened, here neither
    throw new Unfinished('20-chat-server: #enter');
  }

  async #leave(member: Participant, room: string): Promise<void> {
    // TODO: the reverse of join
    throw new Unfinished('20-chat-server: #leave');
  }

  /** Acknowledged once stored. It comes back as `message`, to the sender too: so all see one order. */
  async #chat(member: Participant, { id, room, content }: MessageOf<ClientMessage, 'chat'>): Promise<void> {
    // TODO: append, then ack with its number; what was stored counts, a repeat was not
    throw new Unfinished('20-chat-server: #chat');
  }

  async #direct(member: Participant, { id, to, content }: MessageOf<ClientMessage, 'direct'>): Promise<void> {
    // TODO: hand it on, then ack; a user who is nowhere is unknown
    throw new Unfinished('20-chat-server: #direct');
  }

  message(message: RoomMessage): void {
    // TODO: to everyone in the room; how late, the monitor wants to know
    throw new Unfinished('20-chat-server: message');
  }

  presence(room: string, user: User, event: 'joined' | 'left'): void {
    this.#parts.hub.present(room, user, event);
  }

  /** As if everyone had joined again, gate and all: `recovered` is false, so clients say that something may be missing. */
  async reset(room: string, history: RoomHistory): Promise<void> {
    // TODO: shut the gates of all who are in the room, ask who is there, and send joined
    throw new Unfinished('20-chat-server: reset');
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
}
