import { createServer as createHttp, type RequestListener } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { Server, Socket } from 'node:net';
import { type HandshakeLimits, handshakeLimits } from '#labs/16-limits';
import type { TlsIdentity } from './certificate.ts';
import { setDeadlines } from './http2-deadlines.ts';
import { serverLimits } from './limits.ts';

export interface ListenerOptions {
  /** Speaks TLS, with this certificate. Default: clear text. */
  tls?: TlsIdentity;
  /** Speaks HTTP/2 with whoever can, and HTTP/1.1 with the others; needs `tls`. Default: HTTP/1.1 only. */
  http2?: boolean;
  /** Time for a handshake, TLS and HTTP, in ms. Default: 10,000. */
  handshakeMs?: number;
}

/** The HTTP server, of whichever kind, and its end. Slow and bloated handshakes are cut. */
export class Listener {
  /** Emits `upgrade`; and `connect` for an extended CONNECT, if it speaks HTTP/2. */
  readonly server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();

  /** @throws Error for HTTP/2 without TLS. */
  constructor({ tls, http2 = false, handshakeMs }: ListenerOptions, onRequest: RequestListener) {
    const deadlineMs = handshakeMs ?? serverLimits.handshakeMs;
    const { maxHeadersCount, ...limits } = handshakeLimits(deadlineMs);
    if (http2) {
      if (!tls) throw new Error('HTTP/2 needs TLS here: browsers speak it over TLS only');
      this.server = createHttp2(tls, limits, onRequest);
      this.server.on('session', (session: ServerHttp2Session) => {
        keep(this.#sessions, session);
        setDeadlines(session, deadlineMs);
      });
    } else {
      this.server = tls ? createHttps({ ...limits, ...tls }, onRequest) : createHttp(limits, onRequest);
    }
    this.server.maxConnections = serverLimits.maxSockets;
    Object.assign(this.server, { maxHeadersCount });
    this.server.on('connection', (socket: Socket) => keep(this.#sockets, socket));
  }

  /** @throws the error of `listen`, with its code: `EADDRINUSE` for a taken port. */
  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
  }

  /** Tells clients of HTTP/2 to open no more streams on the connections there are: GOAWAY (RFC 9113 §6.8). */
  retire(): void {
    for (const session of this.#sessions) session.close();
  }

  /** Takes nothing new, and cuts every connection. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** HTTP/2, on whose streams a WebSocket may be asked for (RFC 8441 §3); HTTP/1.1 for who cannot. */
function createHttp2(
  tls: TlsIdentity,
  limits: Omit<HandshakeLimits, 'maxHeadersCount'>,
  onRequest: RequestListener,
): Http2SecureServer {
  const { handshakeTimeout, maxHeaderSize } = limits;
  const server = createSecureServer({
    ...tls,
    allowHTTP1: true,
    handshakeTimeout,
    settings: {
      enableConnectProtocol: true,
      maxConcurrentStreams: serverLimits.maxStreams,
      maxHeaderListSize: maxHeaderSize,
    },
  });
  // What Node reads of these, it reads for HTTP/1.1.
  Object.assign(server, limits);
  // Node's HTTP/2 requests have all of those of HTTP/1.1 that is used here; only the types differ.
  server.on('request', onRequest as unknown as (...args: unknown[]) => void);
  return server;
}

function keep<Item extends { once(event: 'close', listener: () => void): unknown }>(
  items: Set<Item>,
  item: Item,
): void {
  items.add(item);
  item.once('close', () => items.delete(item));
}
