/**
 * Records the exchanges that the chapters in docs/handshake/ show, from real sockets:
 *
 *     node --import tsx -C solution-01 -C solution-02 test/captures/handshake/exchanges.ts
 *
 * Needs Chromium; the exchange behind a proxy needs nginx as well.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { answerUpgrade, formatAnswer, type HeaderList } from '../../../solutions/01-handshake.ts';
import { createRequest, formatRequest, parseUrl } from '../../../solutions/02-client-handshake.ts';
import { openPage, startBrowserOn, useWebSocket } from './browser.ts';
import { save, saveTable } from './save.ts';
import { type Exchange, startTap } from './tap.ts';

const tap = await startTap();
const browser = await startBrowserOn(tap.port);

/** Runs `body` against a backend, and gives the exchange that asked for an upgrade. */
async function record(backend: Server, body: () => Promise<unknown>): Promise<Exchange> {
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  tap.target = (backend.address() as AddressInfo).port;
  tap.exchanges.length = 0;
  await body();
  backend.close();
  backend.closeAllConnections();
  const exchange = tap.exchanges.find(({ sent }) => /^GET \/chat/.test(sent.toString('latin1')));
  if (!exchange) throw new Error('nothing asked for /chat');
  return exchange;
}

/** Head and body of an HTTP message; after an upgrade there is no body but frames, which are left out. */
function text(message: Buffer): string {
  const [head, body = ''] = message.toString('latin1').split('\r\n\r\n');
  const hasBody = body !== '' && head.startsWith('HTTP/') && !head.includes(' 101 ');
  return `${head.replaceAll('\r\n', '\n')}\n${hasBody ? `\n${body.trimEnd()}\n` : ''}`;
}

const saveExchange = (name: string, { sent, received }: Exchange) =>
  save(name, `${text(sent)}\n${text(received)}`);

/** A backend that answers with lab 01. */
function labServer(protocols: readonly string[] = []): Server {
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const answer = answerUpgrade(
      { method: request.method ?? '', httpVersion: request.httpVersion, headers: pairs(request.rawHeaders) },
      { protocols },
    );
    socket.end(formatAnswer(answer));
  });
  return server;
}

function pairs(raw: readonly string[]): HeaderList {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1]] as const] : []));
}

/** A backend that answers with `ws`, and closes at once. */
function wsServer(): Server {
  const server = createServer();
  new WebSocketServer({ server }).on('connection', (socket) => socket.close(1000));
  return server;
}

/** Sends bytes as they are, and waits for the first bytes that come back, or for the end. */
async function exchangeRaw(request: string): Promise<void> {
  const socket = connect(tap.port, '127.0.0.1');
  socket.write(request);
  await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  socket.destroy();
}

// Browser and `ws`, with a cookie of that host.
const context = await browser.newContext();
await context.addCookies([
  { name: 'session', value: 'b1946ac9', domain: 'chat.example', path: '/', sameSite: 'Lax' },
]);
const own = await openPage(context, 'http://chat.example');
saveExchange(
  'chromium-to-ws.http',
  await record(wsServer(), () => useWebSocket(own, 'ws://chat.example/chat')),
);

// The same browser, from a page of a sibling and from a page of a stranger.
for (const [name, origin] of [
  ['from-sibling.http', 'http://blog.chat.example'],
  ['from-stranger.http', 'http://stranger.example'],
]) {
  const page = await openPage(context, origin);
  const { sent } = await record(wsServer(), () => useWebSocket(page, 'ws://chat.example/chat'));
  save(name, text(sent));
}

// Subprotocols: chosen by lab 01; none in common; and the default of `ws`.
const protocols = ['chat.v2', 'chat.v1'];
const choose = () => useWebSocket(own, 'ws://chat.example/chat', protocols);
saveExchange('subprotocol-chosen.http', await record(labServer(['chat.v1']), choose));
saveExchange('subprotocol-none.http', await record(labServer(['soap']), choose));
saveExchange('subprotocol-ws-default.http', await record(wsServer(), choose));

// Programs as clients: `ws`, and lab 02.
const viaTap = { createConnection: () => connect(tap.port, '127.0.0.1') };
saveExchange(
  'ws-to-lab.http',
  await record(labServer(), async () => {
    const client = new WebSocket('ws://chat.example/chat', viaTap).on('error', () => {});
    await once(client, 'close');
  }),
);
saveExchange(
  'lab-to-ws.http',
  await record(wsServer(), () =>
    exchangeRaw(formatRequest(createRequest(parseUrl('ws://chat.example/chat'), { protocols: ['chat.v1'] }))),
  ),
);

// Refusals, by lab 01 and by `ws`: one rule broken at a time.
const lines = [
  'GET /chat HTTP/1.1',
  'Host: chat.example',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
];
const change = (from: string, to?: string) =>
  `${lines.flatMap((line) => (line.startsWith(from) ? (to ?? []) : line)).join('\r\n')}\r\n\r\n`;
const broken = {
  'nothing wrong': change('none'),
  'method POST': change('GET', 'POST /chat HTTP/1.1'),
  'HTTP/1.0': change('GET', 'GET /chat HTTP/1.0'),
  'no Host': change('Host'),
  'Upgrade: h2c': change('Upgrade', 'Upgrade: h2c'),
  'no key': change('Sec-WebSocket-Key'),
  'a key of 15 bytes': change('Sec-WebSocket-Key', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA'),
  'version 25': change('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 25'),
};
const table = [['the request has', 'lab 01', '`ws`']];
for (const [what, request] of Object.entries(broken)) {
  const statuses: string[] = [];
  for (const server of [labServer(), wsServer()]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    tap.target = (server.address() as AddressInfo).port;
    tap.exchanges.length = 0;
    await exchangeRaw(request);
    server.close();
    server.closeAllConnections();
    const { received } = tap.exchanges[0];
    statuses.push(/^HTTP\/1\.1 (\d+)/.exec(received.toString('latin1'))?.[1] ?? 'closed');
    if (what === 'version 25' && statuses.length === 1) {
      save('version-25.http', `${text(Buffer.from(request))}\n${text(received)}`);
    }
  }
  table.push([what, ...statuses]);
}
saveTable('refusals.txt', table);

// A proxy that was not told about Upgrade, before an application that answers every path.
const application = createServer((request, response) => {
  forwarded = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (const [name, value] of pairs(request.rawHeaders)) forwarded.push(`${name}: ${value}`);
  const page = '<!doctype html><title>Chat</title><div id="app"></div>\n';
  response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': page.length }).end(page);
});
let forwarded: string[] = [];
application.listen(0, '127.0.0.1');
await once(application, 'listening');
const nginxFolder = mkdtempSync(join(tmpdir(), 'nginx-'));
const nginxSocket = createServer().listen(0, '127.0.0.1');
await once(nginxSocket, 'listening');
const nginxPort = (nginxSocket.address() as AddressInfo).port;
nginxSocket.close();
writeFileSync(
  join(nginxFolder, 'nginx.conf'),
  `daemon off; pid nginx.pid; error_log stderr; events {}
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  server {
    listen 127.0.0.1:${nginxPort};
    location / { proxy_pass http://127.0.0.1:${(application.address() as AddressInfo).port}; }
  }
}`,
);
const nginx = spawn('nginx', ['-p', nginxFolder, '-c', 'nginx.conf'], { stdio: 'ignore' });
await untilListening(nginxPort);
tap.target = nginxPort;
tap.exchanges.length = 0;
await useWebSocket(own, 'ws://chat.example/chat');
const [behindProxy] = tap.exchanges.filter(({ sent }) => sent.includes('GET /chat'));
save('proxy-asked.http', text(behindProxy.sent));
save('proxy-forwarded.http', `${forwarded.join('\n')}\n`);
save('proxy-answered.http', text(behindProxy.received));
nginx.kill();
application.close();
application.closeAllConnections();
rmSync(nginxFolder, { recursive: true });

async function untilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

await browser.close();
tap.close();
