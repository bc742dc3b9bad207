// The server is an object, and each step a method that another program can replace; messages wait in an array.
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
import { Admission, Authority, authorize, isOriginAllowed } from '#labs/15-auth';
import { addressKey, ConnectionCaps, clientAddress, Guard, RateLimiter } from '#labs/16-limits';
import {
  type Backplane,
  type BackplaneListener,
  MemoryBackplane,
  type RoomHistory,
  Unavailable,
} from '#labs/17-backplane';
import { drain, type Leaving } from '#labs/18-balancing';
import { type ConnectionMonitor, Monitor } from '#labs/19-monitoring';
import type { ChatServer, ChatServerOptions } from '../../../solutions/20-chat-server.ts';
import type { SendEncoded, WebSocketConnection } from '../../../workbook/chat/engine.ts';
import { leadHandshakes } from '../../../workbook/chat/handshakes.ts';
import { createHttpHandler, type Health } from '../../../workbook/chat/http.ts';
import { guardLimits, hubLimits, serverLimits, userRate } from '../../../workbook/chat/limits.ts';
import { Listener } from '../../../workbook/chat/listener.ts';
import { operatorRoutes } from '../../../workbook/chat/operator.ts';
import type { Refused } from '../../../workbook/chat/refuse.ts';
import { type AnyRequest, forwardedFor, ownOrigin } from '../../../workbook/chat/requests.ts';
import { signingKey } from '../../../workbook/chat/signing-key.ts';

export * from '../../../solutions/20-chat-server.ts';

type Asked = Exclude<ClientMessage, { type: 'auth' }>;
/** A message, why it is none, or what there is to do instead. */
type Work = ClientMessage | Refusal | (() => Promise<void>);

export class Server implements BackplaneListener {
  readonly options: ChatServerOptions;
  readonly backplane: Backplane;
  readonly hub: Hub;
  readonly monitor: Monitor;
  readonly authority: Authority;
  readonly users = new RateLimiter(userRate);
  readonly connections = new Set<Connection>();
  readonly heartbeatMs: number;
  readonly heartbeat: Heartbeat<WebSocketConnection>;
  readonly caps: ConnectionCaps;
  readonly signIns: RateLimiter;
  readonly listener: Listener;
  isDraining = false;
  Connection: typeof Connection | undefined;

  constructor(options: ChatServerOptions) {
    this.options = options;
    this.backplane = options.backplane ?? new MemoryBackplane();
    this.hub = new Hub({ ...hubLimits, encode: (message) => this.encode(message), tellsPresence: false });
    const gauges = { rooms: () => this.hub.roomCount, isUp: () => this.backplane.isUp };
    this.monitor = new Monitor({ log: options.log, gauges });
    this.authority = new Authority({ secret: signingKey(options.secret), claims: this.backplane });
    this.heartbeatMs = options.heartbeatMs ?? serverLimits.heartbeatMs;
    this.heartbeat = new Heartbeat(this.heartbeatMs);
    this.caps = new ConnectionCaps(options.caps ?? serverLimits.caps);
    this.signIns = new RateLimiter(options.signInRate ?? serverLimits.signInRate);
    const http = createHttpHandler({
      page: options.page,
      authority: this.authority,
      isAllowed: (request) => this.isAllowed(request),
      signInWait: (request) => this.signInWait(request),
      signedOut: (session) => this.signedOut(session),
      health: () => this.healthz(),
      monitor: this.monitor,
      routes: operatorRoutes({
        token: options.operatorToken,
        connections: () => this.monitor.connections(),
        disconnect: (userId) => this.disconnect(userId),
      }),
    });
    this.listener = new Listener(options, http);
    leadHandshakes(this.listener.server, {
      engine: options.engine,
      admit: (request, socket) => this.admit(request, socket),
      refused: (status) => this.monitor.refusedHandshake(status),
      tap: options.tap,
    });
  }

  async start(port: number, host: string): Promise<ChatServer> {
    await this.backplane.start(this);
    try {
      await this.listener.listen(port, host);
    } catch (error) {
      await this.stop();
      throw error;
    }
    return { address: this.listener.server.address() as AddressInfo, close: () => this.close() };
  }

  async close(): Promise<void> {
    this.isDraining = true;
    await this.drain();
    await this.stop();
  }

  async drain(): Promise<void> {
    await drain(this.connections, this.options.drain ?? serverLimits.drain);
  }

  async stop(): Promise<void> {
    await this.listener.stop();
    await this.backplane.stop();
    this.heartbeat.stop();
    this.monitor.stop();
  }

  healthz(): Health {
    const { engine, labs = {} } = this.options;
    const status = this.isDraining ? 'draining' : this.backplane.isUp ? 'ok' : 'degraded';
    return { status, engine: engine.name, backplane: this.backplane.name, labs };
  }

  isAllowed(request: AnyRequest): boolean {
    const allowed = [ownOrigin(request) ?? [], this.options.allowedOrigins ?? []].flat();
    return isOriginAllowed(request.headers.origin, { allowed, allowAbsent: true });
  }

  addressOf(request: AnyRequest): string {
    const peer = request.socket.remoteAddress ?? '';
    return clientAddress(peer, forwardedFor(request), this.options.trustedProxies ?? []);
  }

  admit(request: AnyRequest, socket: Duplex) {
    const reason = 'Not here, not now, or not you.';
    if (!request.url?.match(/^\/chat(\?|$)/)) return { status: 404, reason };
    if (!this.isAllowed(request)) return { status: 403, reason };
    if (this.isDraining) return { status: 503, reason };
    const address = this.addressOf(request);
    const release = this.count(address);
    if (!release) return { status: 503, reason } satisfies Refused;
    socket.once('close', release);
    return (connection: WebSocketConnection, send: SendEncoded) => this.open(connection, send, address);
  }

  signInWait(request: AnyRequest): number {
    return this.signIns.take(addressKey(this.addressOf(request)));
  }

  count(address: string): (() => void) | undefined {
    return this.caps.admit(address);
  }

  open(socket: WebSocketConnection, send: SendEncoded, address: string): void {
    const Made = this.Connection ?? Connection;
    this.connections.add(new Made(this, socket, send, this.monitor.opened(address, socket)));
  }

  encode(message: ServerMessage): Buffer {
    return this.options.engine.encode(JSON.stringify(message));
  }

  async redeem(ticket: string) {
    return await this.authority.redeemTicket(ticket);
  }

  disconnect(userId: string): number {
    const theirs = [...this.connections].filter(({ user }) => user.id === userId);
    for (const each of theirs) each.close(1008, 'Sent away.');
    return theirs.length;
  }

  async signedOut(session: string): Promise<void> {
    await this.backplane.revoke(session);
  }

  async arrive(member: Connection): Promise<void> {
    this.hub.connect(member);
    await this.backplane.arrive(member.user).catch((error: unknown) => {
      this.hub.disconnect(member);
      throw error;
    });
    member.hasArrived = true;
  }

  async depart(member: Connection): Promise<void> {
    this.hub.disconnect(member);
    for (const room of member.gates.keys()) await this.backplane.leave(room, member.user);
    await this.backplane.depart(member.user);
  }

  async handle(member: Connection, message: Asked): Promise<void> {
    if (message.type === 'join') await this.join(member, message);
    else if (message.type === 'leave') await this.leave(member, message.room);
    else if (message.type === 'chat') await this.chat(member, message);
    else if (message.type === 'direct') await this.sendDirect(member, message);
    else this.hub.send(member, { type: 'pong' });
  }

  async join(member: Connection, { room, since }: MessageOf<ClientMessage, 'join'>): Promise<void> {
    await this.enter(member, room);
    const history = await this.backplane.read(room, since);
    await this.joined(member, room, history);
    if (since) this.monitor.resumed(history.recovered);
  }

  async joined(member: Connection, room: string, history: RoomHistory): Promise<void> {
    const members = await this.backplane.membersOf(room);
    this.hub.send(member, { type: 'joined', room, ...history, members });
  }

  async enter(member: Connection, room: string): Promise<void> {
    const isNew = !this.hub.isIn(member, room);
    this.hub.join(member, room);
    member.shut(room);
    if (!isNew) return;
    await this.backplane.enter(room, member.user).catch((error: unknown) => {
      this.hub.leave(member, room);
      member.gates.delete(room);
      throw error;
    });
  }

  async leave(member: Connection, room: string): Promise<void> {
    this.hub.leave(member, room);
    member.gates.delete(room);
    await this.backplane.leave(room, member.user);
  }

  async chat(member: Connection, { id, room, content }: MessageOf<ClientMessage, 'chat'>): Promise<void> {
    const post = { id, from: member.user, content, at: Date.now() };
    const { seq, isNew } = await this.backplane.append(room, post);
    if (isNew) this.monitor.stored();
    this.hub.send(member, { type: 'ack', id, room, seq });
  }

  async sendDirect(
    member: Connection,
    { id, to, content }: MessageOf<ClientMessage, 'direct'>,
  ): Promise<void> {
    const message = { type: 'direct', id, from: member.user, content, at: Date.now() } as const;
    const isThere = await this.backplane.direct(to, message);
    if (!isThere) throw new Refusal('unknown_user', 'This user is not connected.', id);
    this.hub.send(member, { type: 'ack', id });
  }

  message(message: RoomMessage): void {
    this.monitor.delivered(Date.now() - message.at);
    this.hub.broadcast(message.room, message);
  }

  presence(room: string, user: User, event: 'joined' | 'left'): void {
    this.hub.present(room, user, event);
  }

  reset(room: string, history: RoomHistory): void {
    for (const each of this.connections) if (this.hub.isIn(each, room)) each.shut(room);
    void this.backplane
      .membersOf(room)
      .catch(() => this.hub.membersOf(room))
      .then((members) => this.hub.broadcast(room, { type: 'joined', room, ...history, members }));
  }

  direct(to: string, message: MessageOf<ServerMessage, 'direct'>): void {
    this.hub.direct(to, message);
  }

  revoked(session: string): void {
    for (const each of this.connections) each.admission.revoked(session);
  }

  health(): void {}
}

export class Connection implements Member, Leaving {
  readonly server: Server;
  readonly socket: WebSocketConnection;
  readonly transmit: SendEncoded;
  readonly monitor: ConnectionMonitor;
  readonly admission: Admission;
  readonly guard: Guard;
  readonly gates = new Map<string, JoinGate<Buffer>>();
  readonly work: Work[] = [];
  isWorking = false;
  isClosing = false;
  hasArrived = false;
  /** Nobody, until it is authenticated. */
  user: User = { id: '', name: '' };

  constructor(
    server: Server,
    socket: WebSocketConnection,
    transmit: SendEncoded,
    monitor: ConnectionMonitor,
  ) {
    this.server = server;
    this.socket = socket;
    this.transmit = transmit;
    this.monitor = monitor;
    this.guard = new Guard(guardLimits, { users: server.users });
    this.admission = new Admission({
      redeem: (ticket) => server.redeem(ticket),
      deadlineMs: server.options.authDeadlineMs ?? serverLimits.authDeadlineMs,
      close: (code, reason) => this.close(code, reason),
    });
    server.heartbeat.add(socket);
    socket.on('message', (data, isBinary) => this.heard(data, isBinary));
    for (const event of ['ping', 'pong'] as const) socket.on(event, () => this.control());
    socket.on('close', (code) => this.gone(code));
    socket.on('error', () => {});
  }

  get bufferedAmount(): number {
    return this.socket.bufferedAmount;
  }

  send(encoded: Buffer, message: ServerMessage): void {
    const gate = 'room' in message ? this.gates.get(message.room ?? '') : undefined;
    if (gate && message.type === 'joined') {
      this.give(encoded);
      gate.open(message.seq);
    } else if (gate && message.type === 'chat') gate.push(message.seq, encoded);
    else if (gate && message.type === 'presence') gate.push(Infinity, encoded);
    else this.give(encoded);
  }

  shut(room: string): void {
    this.gates.set(room, new JoinGate((encoded) => this.give(encoded)));
  }

  give(encoded: Buffer): void {
    if (this.isClosing) return;
    this.monitor.sent(encoded.length);
    this.transmit(encoded);
  }

  tell(message: ServerMessage): void {
    this.give(this.server.encode(message));
  }

  close(code: number, reason: string): void {
    this.isClosing = true;
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  control(): void {
    this.server.heartbeat.heard(this.socket);
    const verdict = this.guard.control();
    if (verdict.do === 'close') this.close(verdict.code, verdict.reason);
  }

  heard(data: Buffer, isBinary: boolean): void {
    if (this.isClosing) return;
    this.server.heartbeat.heard(this.socket);
    const message = this.read(data, isBinary);
    const isRefusal = message instanceof Refusal;
    this.monitor.received(isRefusal ? 'unreadable' : message.type, data.length);
    const verdict = this.guard.message(data.length, this.admission.identity?.user.id);
    const id = isRefusal ? message.reply.id : 'id' in message ? message.id : undefined;
    if (verdict.do === 'pass') this.later(message);
    else if (verdict.do === 'close') this.close(verdict.code, verdict.reason);
    else this.refuse(new Refusal('rate_limited', 'Slower, please.', id, verdict.retryAfterMs));
  }

  read(data: Buffer, isBinary: boolean): ClientMessage | Refusal {
    try {
      return parseClientMessage(data, isBinary);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  later(work: Work): void {
    this.work.push(work);
    if (!this.isWorking) void this.workOn();
  }

  async workOn(): Promise<void> {
    this.isWorking = true;
    for (let work = this.work.shift(); work; work = this.work.shift()) await this.carryOut(work);
    this.isWorking = false;
  }

  async carryOut(work: Work): Promise<void> {
    try {
      if (typeof work === 'function') await work();
      else if (work instanceof Refusal) throw this.isAdmitted ? work : new Refusal('unauthenticated', 'Who?');
      else if (work.type === 'auth') await this.authenticate(work.ticket);
      else await this.ask(work);
    } catch (error) {
      if (error instanceof Refusal) this.refuse(error);
      else if (error instanceof Unavailable) this.unavailable(error, work);
      else throw error;
    }
  }

  get isAdmitted(): boolean {
    return this.admission.identity !== undefined;
  }

  async ask(message: Asked): Promise<void> {
    authorize(message, {
      user: this.admission.identity?.user,
      isIn: (room) => this.server.hub.isIn(this, room),
    });
    await this.server.handle(this, message);
  }

  async authenticate(ticket: string): Promise<void> {
    this.user = (await this.admission.authenticate(ticket)).user;
    this.monitor.identified(this.user);
    await this.server.arrive(this);
    this.welcome();
  }

  welcome(): void {
    const { perSecond, burst } = guardLimits.messages;
    const limits = { ...messageLimits, messagesPerSecond: perSecond, messageBurst: burst };
    this.tell({ type: 'welcome', user: this.user, heartbeatMs: this.server.heartbeatMs, limits });
  }

  refuse({ reply }: Refusal): void {
    this.monitor.refused(reply.code);
    this.server.hub.send(this, reply);
  }

  unavailable({ retryAfterMs }: Unavailable, work: Work): void {
    if (!('id' in work)) this.close(1013, 'The store is away.');
    else this.refuse(new Refusal('rate_limited', 'The store is away.', work.id, retryAfterMs));
  }

  gone(code: number): void {
    this.isClosing = true;
    this.monitor.closed(code);
    this.forget();
    this.later(() => this.depart());
  }

  forget(): void {
    this.server.heartbeat.remove(this.socket);
  }

  async depart(): Promise<void> {
    this.admission.stop();
    if (this.hasArrived) await this.server.depart(this);
    this.server.connections.delete(this);
  }
}

/** The server with some of its steps replaced. */
export function starterOf(Made: typeof Server, ForEach: typeof Connection = Connection) {
  return async (port: number, host: string, options: ChatServerOptions): Promise<ChatServer> => {
    const server = new Made(options);
    server.Connection = ForEach;
    return await server.start(port, host);
  };
}

export const startChatServer = starterOf(Server);
