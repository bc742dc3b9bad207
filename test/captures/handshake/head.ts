/**
 * Records what Node hands over as `head`, for docs/handshake/client.md:
 *
 *     node --import tsx test/captures/handshake/head.ts
 */
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { saveTable } from './save.ts';

const hex = (bytes: Buffer) => bytes.toString('hex').replace(/..(?=.)/g, '$& ');
const fields = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

// At the server: a client that does not wait sends its first frame, the masked "Hello" of §5.7, with the request.
const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const hasty = connect((server.address() as AddressInfo).port, '127.0.0.1');
const head = Object.entries({ Host: 'chat.example', ...fields }).map(([name, value]) => `${name}: ${value}`);
hasty.write(
  Buffer.concat([
    Buffer.from(['GET /chat HTTP/1.1', ...head, '', ''].join('\r\n')),
    Buffer.from('818537fa213d7f9f4d5158', 'hex'),
  ]),
);
const [, , atServer] = await once(server, 'upgrade');
hasty.destroy();
server.close();
server.closeAllConnections();

// At the client: a `ws` server that greets as soon as the connection is open.
const greeter = new WebSocketServer({ host: '127.0.0.1', port: 0 });
greeter.on('connection', (socket) => socket.send('Hello'));
await once(greeter, 'listening');
const attempts = 1_000;
let early = 0;
let atClient: Buffer = Buffer.alloc(0);
for (let attempt = 0; attempt < attempts; attempt++) {
  const { port } = greeter.address() as AddressInfo;
  const request = httpRequest({ host: '127.0.0.1', port, path: '/chat', headers: fields }).end();
  const [, socket, head] = (await once(request, 'upgrade')) as [unknown, Duplex, Buffer];
  socket.on('error', () => {});
  socket.destroy();
  if (head.length === 0) continue;
  early += 1;
  atClient = head;
}
greeter.close();

saveTable('head.txt', [
  ['who got it', 'from whom', '`head`'],
  ['a server', 'a client that did not wait', `\`${hex(atServer as Buffer)}\``],
  [`a client, ${early} times out of ${attempts}`, 'a server that greets', `\`${hex(atClient)}\``],
]);
