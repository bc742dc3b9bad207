import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerMessage } from '#labs/10-protocol';
import { Hub } from '#labs/11-hub';
import { Heartbeat } from '#labs/12-heartbeat';
import { hostOf, isAllowedOrigin, sessionKey, Tickets } from './auth.ts';
import { ChatService } from './chat-service.ts';
import type { Engine, SendEncoded, WebSocketConnection } from './engine.ts';
import { createHttpHandler } from './http.ts';
import { hubLimits, serverLimits } from './limits.ts';
import { Listener, type ListenerOptions } from './listener.ts';
import type { Asset } from './page.ts';
import { Peer } from './peer.ts';
import { Rooms } from './rooms.ts';
import type { Tap } from './tap.ts';

export interface ChatServerOptions extends ListenerOptions {
  engine: Engine;
  /** The web client's files, by path. */
  page: ReadonlyMap<string, Asset>;
  /** Signs sessions. Default: a random one, so that sessions end with the process. */
  secret?: string;
  /** Origins beside the server's own: `http://localhost:5173`. Default: none. */
  allowedOrigins?: readonly string[];
  /** Which labs are whose, for `/healthz`: `{ '03': 'yours' }`. */
  labs?: Record<string, 'yours' | 'reference'>;
  /** Shows the bytes of all WebSockets to whoever listens. Default: nobody can. */
  tap?: Tap;
  /** Default: 15,000. */
  heartbeatMs?: number;
  /** Default: 10,000. */
  authDeadlineMs?: number;
}

export interface ChatServer {
  /** Where it listens: `{ port }` matters when it was started on port 0. */
  address: AddressInfo;
  /** Says `drain` to every client, closes them with 1012, and ends when all are gone. */
  close(): Promise<void>;
}

/** After this time, in ms, whoever has not answered the Close frame at shutdown is cut off. */
const shutdownTimeoutMs = 2_000;
/** Over how many ms the clients of a server that stops are told to come back, so as not to come all at once. */
const drainSpreadMs = 1_000;

/**
 * Starts the chat: HTTP, and the WebSocket at `/chat`.
 *
 * @throws the error of `listen`, with its code: `EADDRINUSE` for a taken port.
 */
export async function startChatServer(
  port: number,
  host: string,
  options: ChatServerOptions,
): Promise<ChatServer> {
  const { engine, allowedOrigins = [], heartbeatMs = serverLimits.heartbeatMs } = options;
  const encode = (message: ServerMessage) => engine.encode(JSON.stringify(message));
  const tickets = new Tickets();
  const hub = new Hub({ encode, ...hubLimits });
  const rooms = new Rooms((room) => hub.has(room));
  const heartbeat = new Heartbeat<WebSocketConnection>(heartbeatMs);
  const authDeadlineMs = options.authDeadlineMs ?? serverLimits.authDeadlineMs;
  const services = {
    hub,
    chat: new ChatService(hub, rooms),
    tickets,
    heartbeat,
    heartbeatMs,
    authDeadlineMs,
    encode,
  };
  const peers = new Set<Peer>();
  const page = versionOf(options.page);

  const listener = new Listener(
    options,
    createHttpHandler({
      page: options.page,
      key: sessionKey(options.secret),
      tickets,
      allowedOrigins,
      health: () => ({ status: 'ok', engine: engine.name, labs: options.labs ?? {}, page }),
      metrics: () => formatMetrics(peers.size, rooms),
    }),
  );

  const welcome = (connection: WebSocketConnection, send: SendEncoded) => {
    const peer = new Peer(connection, send, services);
    peers.add(peer);
    connection.on('close', () => peers.delete(peer));
  };

  listener.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // From here on Node leaves the socket to us, its errors too.
    socket.on('error', () => socket.destroy());
    options.tap?.watch(request, socket, head);
    const refusal = refuse(request.url, request.headers, allowedOrigins);
    if (refusal) return endWith(socket, ...refusal);
    engine.accept(request, socket, head, welcome);
  });

  listener.server.on('connect', (request: IncomingMessage | Http2ServerRequest) => {
    // A CONNECT of HTTP/1.1 asks for a proxy, and there is none.
    if (!('stream' in request)) return request.socket.destroy();
    const { stream, headers } = request;
    const refusal = refuse(request.url, headers, allowedOrigins);
    if (refusal) return endStreamWith(stream, ...refusal);
    if (!engine.acceptStream) return endStreamWith(stream, 501, 'The WebSocket here is over HTTP/1.1 only.');
    engine.acceptStream(stream, headers, welcome);
  });

  await listener.listen(port, host);

  return {
    address: listener.server.address() as AddressInfo,
    async close() {
      const closed = listener.close();
      for (const peer of peers) {
        peer.tell({ type: 'drain', reconnectInMs: Math.round(Math.random() * drainSpreadMs) });
        peer.close(1012, 'The server is restarting.');
      }
      const deadline = setTimeout(() => {
        for (const peer of peers) peer.terminate();
        listener.cut();
      }, shutdownTimeoutMs);
      await closed;
      clearTimeout(deadline);
      heartbeat.stop();
    },
  };
}

/** Why a request may not become a WebSocket, before the handshake itself is looked at. */
function refuse(
  url = '/',
  headers: IncomingHttpHeaders,
  allowedOrigins: readonly string[],
): [status: number, reason: string] | undefined {
  if (url.split('?')[0] !== '/chat') return [404, 'The WebSocket is at /chat.'];
  if (!isAllowedOrigin(headers.origin, hostOf(headers), allowedOrigins)) {
    return [403, 'Pages of this origin may not use the chat.'];
  }
  return undefined;
}

/** How long a client that was refused has to read why, in ms. */
const refusalTimeoutMs = 2_000;

/** Answers and ends the stream; the others of its connection go on. */
function endStreamWith(stream: ServerHttp2Stream, status: number, reason: string): void {
  // The client may reset it before it has read why.
  stream.on('error', () => {});
  stream.respond({ ':status': status, 'content-type': 'application/json; charset=utf-8' });
  stream.end(`${JSON.stringify({ error: reason })}\n`);
}

/** Answers and ends TCP; reads on meanwhile, for unread bytes would reset it and lose the answer. */
function endWith(socket: Duplex, status: number, reason: string): void {
  const body = `${JSON.stringify({ error: reason })}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      'Connection: close\r\n' +
      'Content-Type: application/json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  socket.resume();
  setTimeout(() => socket.destroy(), refusalTimeoutMs).unref();
}

/** Changes with any file of the web client: an open page compares it after a restart. */
function versionOf(page: ReadonlyMap<string, Asset>): string {
  const hash = createHash('sha256');
  for (const { body } of page.values()) hash.update(body);
  return hash.digest('base64url');
}

/** Three figures in Prometheus' text format. */
function formatMetrics(connections: number, rooms: Rooms): string {
  return [
    '# HELP chat_connections Open WebSocket connections.',
    '# TYPE chat_connections gauge',
    `chat_connections ${connections}`,
    '# HELP chat_rooms Rooms the server keeps, empty ones included.',
    '# TYPE chat_rooms gauge',
    `chat_rooms ${rooms.size}`,
    '# HELP chat_messages_total Messages stored in rooms since the start.',
    '# TYPE chat_messages_total counter',
    `chat_messages_total ${rooms.messageCount}`,
    '',
  ].join('\n');
}
