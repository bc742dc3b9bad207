// There is no class: one function, its closures, and a Map from each connection to what is known of it.
import type { AddressInfo } from 'node:net';
import {
  type ClientMessage,
  messageLimits,
  parseClientMessage,
  Refusal,
  type ServerMessage,
} from '#labs/10-protocol';
import { Hub, type Member } from '#labs/11-hub';
import { Heartbeat } from '#labs/12-heartbeat';
import { JoinGate } from '#labs/14-resume';
import { Admission, Authority, authorize, isOriginAllowed } from '#labs/15-auth';
import { addressKey, ConnectionCaps, clientAddress, Guard, RateLimiter } from '#labs/16-limits';
import { MemoryBackplane, Unavailable } from '#labs/17-backplane';
import { drain, type Leaving } from '#labs/18-balancing';
import { Monitor } from '#labs/19-monitoring';
import type { ChatServer, ChatServerOptions } from '../../../solutions/20-chat-server.ts';
import type { SendEncoded, WebSocketConnection } from '../../../workbook/chat/engine.ts';
import { leadHandshakes } from '../../../workbook/chat/handshakes.ts';
import { createHttpHandler } from '../../../workbook/chat/http.ts';
import { guardLimits, hubLimits, serverLimits, userRate } from '../../../workbook/chat/limits.ts';
import { Listener } from '../../../workbook/chat/listener.ts';
import { operatorRoutes } from '../../../workbook/chat/operator.ts';
import { type AnyRequest, forwardedFor, ownOrigin } from '../../../workbook/chat/requests.ts';
import { signingKey } from '../../../workbook/chat/signing-key.ts';

export * from '../../../solutions/20-chat-server.ts';

interface Known {
  member: Member;
  leaving: Leaving;
  admission: Admission;
  gates: Map<string, JoinGate<Buffer>>;
}

export async function startChatServer(
  port: number,
  host: string,
  options: ChatServerOptions,
): Promise<ChatServer> {
  const backplane = options.backplane ?? new MemoryBackplane();
  const known = new Map<Member, Known>();
  const leaving = new Set<Leaving>();
  const encode = (message: ServerMessage) => options.engine.encode(JSON.stringify(message));
  const hub = new Hub({ ...hubLimits, encode, tellsPresence: false });
  const monitor = new Monitor({
    log: options.log,
    gauges: { rooms: () => hub.roomCount, isUp: () => backplane.isUp },
  });
  const authority = new Authority({ secret: signingKey(options.secret), claims: backplane });
  const heartbeatMs = options.heartbeatMs ?? serverLimits.heartbeatMs;
  const heartbeat = new Heartbeat<WebSocketConnection>(heartbeatMs);
  const caps = new ConnectionCaps(options.caps ?? serverLimits.caps);
  const users = new RateLimiter(userRate);
  const signIns = new RateLimiter(options.signInRate ?? serverLimits.signInRate);
  let isStopping = false;

  function accept(connection: WebSocketConnection, send: SendEncoded, address: string): void {
    const counted = monitor.opened(address, connection);
    const guard = new Guard(guardLimits, { users });
    const gates = new Map<string, JoinGate<Buffer>>();
    let isOver = false;
    let arrived = false;
    let turn = Promise.resolve();

    const give = (encoded: Buffer) => {
      if (isOver) return;
      counted.sent(encoded.length);
      send(encoded);
    };
    const close = (code: number, reason: string) => {
      isOver = true;
      connection.close(code, reason);
    };
    const admission = new Admission({
      redeem: (ticket) => authority.redeemTicket(ticket),
      deadlineMs: options.authDeadlineMs ?? serverLimits.authDeadlineMs,
      close,
    });
    const member = {
      user: { id: '', name: '' },
      get bufferedAmount() {
        return connection.bufferedAmount;
      },
      send(encoded: Buffer, message: ServerMessage) {
        const gate = 'room' in message ? gates.get(message.room ?? '') : undefined;
        if (!gate || message.type === 'joined') give(encoded);
        else if (message.type === 'chat') gate.push(message.seq, encoded);
        else if (message.type === 'presence') gate.push(Infinity, encoded);
        else give(encoded);
        if (message.type === 'joined') gate?.open(message.seq);
      },
      close,
    };
    const away: Leaving = {
      tell: (message) => give(encode(message)),
      close,
      terminate: () => connection.terminate(),
    };
    const refuse = ({ reply }: Refusal) => {
      counted.refused(reply.code);
      hub.send(member, reply);
    };

    const steps: { [T in ClientMessage['type']]: (asked: never) => Promise<void> } = {
      async auth({ ticket }: { ticket: string }) {
        const { user } = await admission.authenticate(ticket);
        member.user = user;
        counted.identified(user);
        await backplane.arrive(user);
        arrived = true;
        hub.connect(member);
        const { perSecond, burst } = guardLimits.messages;
        const limits = { ...messageLimits, messagesPerSecond: perSecond, messageBurst: burst };
        give(encode({ type: 'welcome', user, heartbeatMs, limits }));
      },
      async join({ room, since }: Extract<ClientMessage, { type: 'join' }>) {
        const isNew = !hub.isIn(member, room);
        hub.join(member, room);
        const gate = new JoinGate<Buffer>(give);
        if (!isNew) gates.set(room, gate);
        else {
          try {
            gates.set(room, gate);
            await backplane.enter(room, member.user);
          } catch (error) {
            gates.delete(room);
            hub.leave(member, room);
            throw error;
          }
        }
        const history = await backplane.read(room, since);
        const members = await backplane.membersOf(room);
        hub.send(member, { type: 'joined', room, ...history, members });
        if (since) monitor.resumed(history.recovered);
      },
      async leave({ room }: { room: string }) {
        gates.delete(room);
        hub.leave(member, room);
        await backplane.leave(room, member.user);
      },
      async chat({ id, room, content }: Extract<ClientMessage, { type: 'chat' }>) {
        const post = { id, from: member.user, content, at: Date.now() };
        const { seq, isNew } = await backplane.append(room, post);
        if (isNew) monitor.stored();
        hub.send(member, { type: 'ack', id, room, seq });
      },
      async direct({ id, to, content }: Extract<ClientMessage, { type: 'direct' }>) {
        const message = { type: 'direct', id, from: member.user, content, at: Date.now() } as const;
        if (!(await backplane.direct(to, message))) throw new Refusal('unknown_user', 'Who is that?', id);
        hub.send(member, { type: 'ack', id });
      },
      async ping() {
        hub.send(member, { type: 'pong' });
      },
    };

    async function carryOut(message: ClientMessage | Refusal): Promise<void> {
      try {
        const user = admission.identity?.user;
        if (message instanceof Refusal) throw user ? message : new Refusal('unauthenticated', 'First auth.');
        if (message.type !== 'auth') authorize(message, { user, isIn: (room) => hub.isIn(member, room) });
        await steps[message.type](message as never);
      } catch (error) {
        if (error instanceof Refusal) return refuse(error);
        if (!(error instanceof Unavailable)) throw error;
        if (!('id' in message)) return close(1013, 'Not now.');
        refuse(new Refusal('rate_limited', 'Not now.', message.id, error.retryAfterMs));
      }
    }

    function onMessage(data: Buffer, isBinary: boolean): void {
      if (isOver) return;
      heartbeat.heard(connection);
      let message: ClientMessage | Refusal;
      try {
        message = parseClientMessage(data, isBinary);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        message = error;
      }
      counted.received(message instanceof Refusal ? 'unreadable' : message.type, data.length);
      const verdict = guard.message(data.length, member.user.id || undefined);
      const id = message instanceof Refusal ? message.reply.id : 'id' in message ? message.id : undefined;
      if (verdict.do === 'close') close(verdict.code, verdict.reason);
      else if (verdict.do === 'refuse')
        refuse(new Refusal('rate_limited', 'Not so fast.', id, verdict.retryAfterMs));
      else turn = turn.then(() => carryOut(message));
    }

    function onControl(): void {
      heartbeat.heard(connection);
      const verdict = guard.control();
      if (verdict.do === 'close') close(verdict.code, verdict.reason);
    }

    known.set(member, { member, leaving: away, admission, gates });
    leaving.add(away);
    heartbeat.add(connection);
    connection.on('message', onMessage);
    connection.on('ping', onControl);
    connection.on('pong', onControl);
    connection.on('error', () => {});
    connection.on('close', (code) => {
      isOver = true;
      counted.closed(code);
      heartbeat.remove(connection);
      turn = turn.then(async () => {
        admission.stop();
        hub.disconnect(member);
        for (const room of gates.keys()) await backplane.leave(room, member.user);
        if (arrived) await backplane.depart(member.user);
        known.delete(member);
        leaving.delete(away);
      });
    });
  }

  function isAllowed(request: AnyRequest): boolean {
    const allowed = [ownOrigin(request) ?? [], options.allowedOrigins ?? []].flat();
    return isOriginAllowed(request.headers.origin, { allowed, allowAbsent: true });
  }

  function addressOf(request: AnyRequest): string {
    const { remoteAddress = '' } = request.socket;
    return clientAddress(remoteAddress, forwardedFor(request), options.trustedProxies ?? []);
  }

  const http = createHttpHandler({
    page: options.page,
    authority,
    isAllowed,
    signInWait: (request) => signIns.take(addressKey(addressOf(request))),
    signedOut: (session) => backplane.revoke(session),
    health: () => ({
      status: isStopping ? 'draining' : backplane.isUp ? 'ok' : 'degraded',
      engine: options.engine.name,
      backplane: backplane.name,
      labs: options.labs ?? {},
    }),
    monitor,
    routes: operatorRoutes({
      token: options.operatorToken,
      connections: () => monitor.connections(),
      disconnect(userId) {
        const theirs = [...known.values()].filter(({ member }) => member.user.id === userId);
        for (const { leaving } of theirs) leaving.close(1008, 'Go.');
        return theirs.length;
      },
    }),
  });
  const listener = new Listener(options, http);
  leadHandshakes(listener.server, {
    engine: options.engine,
    admit(request, socket) {
      if (new URL(request.url ?? '/', 'http://any').pathname !== '/chat')
        return { status: 404, reason: 'No.' };
      if (!isAllowed(request)) return { status: 403, reason: 'No.' };
      const address = addressOf(request);
      const release = isStopping ? undefined : caps.admit(address);
      if (!release) return { status: 503, reason: 'Not now.' };
      socket.once('close', release);
      return (connection, send) => accept(connection, send, address);
    },
    refused: (status) => monitor.refusedHandshake(status),
    tap: options.tap,
  });

  const stop = async () => {
    await listener.stop();
    await backplane.stop();
    heartbeat.stop();
    monitor.stop();
  };
  await backplane.start({
    message(message) {
      hub.broadcast(message.room, message);
      monitor.delivered(Date.now() - message.at);
    },
    presence: (room, user, event) => hub.present(room, user, event),
    async reset(room, history) {
      for (const { member, gates } of known.values()) {
        if (!hub.isIn(member, room)) continue;
        gates.set(room, new JoinGate((encoded) => member.send(encoded, { type: 'pong' })));
      }
      const members = await backplane.membersOf(room).catch(() => hub.membersOf(room));
      hub.broadcast(room, { type: 'joined', room, ...history, members });
    },
    direct: (to, message) => void hub.direct(to, message),
    revoked(session) {
      for (const { admission } of known.values()) admission.revoked(session);
    },
    health() {},
  });
  try {
    await listener.listen(port, host);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address: listener.server.address() as AddressInfo,
    async close() {
      isStopping = true;
      await drain(leaving, options.drain ?? serverLimits.drain);
      await stop();
    },
  };
}
