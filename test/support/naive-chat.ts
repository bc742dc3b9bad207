import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { TlsIdentity } from '../../workbook/chat/certificate.ts';

export interface NaiveChat {
  port: number;
  /** Who has signed in, by name: what only they should ever read. */
  readonly secrets: Map<string, string>;
  /** What was posted, and in whose name. */
  readonly posts: string[];
  close(): void;
}

/** What a WebSocket without a good cookie is closed with. */
export const noSession = 4401;

/**
 * What many tutorials end with: `GET /signin?Ada` sets a cookie, the cookie says who opens the WebSocket, and
 * nobody looks at `Origin`. `attributes` are the cookie's: `SameSite=Lax`. With `tls` it speaks TLS.
 */
export async function startNaiveChat(attributes: string, tls?: TlsIdentity): Promise<NaiveChat> {
  const names = new Map<string, string>();
  const secrets = new Map<string, string>();
  const posts: string[] = [];
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const [path, name = ''] = request.url?.split('?') ?? [];
    if (path === '/signin') {
      const cookie = randomUUID();
      names.set(cookie, name);
      secrets.set(name, `${name}'s secret ${randomUUID()}`);
      response.setHeader('Set-Cookie', `sid=${cookie}; Path=/; HttpOnly; ${attributes}`);
    }
    response.setHeader('Content-Type', 'text/html');
    response.end('<title>naive</title>');
  };
  const server = tls ? createHttps(tls, onRequest) : createHttp(onRequest);
  const webSockets = new WebSocketServer({ server });
  webSockets.on('connection', (socket, request) => {
    socket.on('error', () => {});
    const [, cookie = ''] = /(?:^|; )sid=([^;]+)/.exec(request.headers.cookie ?? '') ?? [];
    const name = names.get(cookie);
    if (name === undefined) return socket.close(noSession);
    socket.on('message', (data) => {
      posts.push(`${name}: ${data}`);
      socket.send(secrets.get(name) ?? '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    secrets,
    posts,
    close() {
      for (const socket of webSockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
    },
  };
}
