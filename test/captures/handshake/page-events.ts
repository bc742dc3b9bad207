/**
 * Records what a script in Chromium learns when a handshake fails and when a connection closes; the chapters
 * in docs/handshake/ and docs/reference/close-codes.md show it:
 *
 *     node --import tsx test/captures/handshake/page-events.ts
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { acceptKey } from '../../../solutions/01-handshake.ts';
import { openPage, type SeenByPage, startBrowser, useWebSocket } from './browser.ts';

const folder = join(import.meta.dirname, '../../../docs/handshake/recorded');

/** What the server does with a request, once its head has come. */
let answer: (socket: Socket, accept: string) => void = () => {};
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', (request) => {
    const key = /^Sec-WebSocket-Key: (.+)\r$/m.exec(request.toString('latin1'))?.[1];
    answer(socket, key ? acceptKey(key) : '');
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const browser = await startBrowser((server.address() as AddressInfo).port);
const page = await openPage(browser, 'http://chat.example');
const url = 'ws://chat.example/chat';

const switching = (accept: string, ...fields: string[]) =>
  [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
  ]
    .concat(fields, '', '')
    .join('\r\n');
const plain = (status: string, ...fields: string[]) =>
  [`HTTP/1.1 ${status}`, 'Content-Length: 0', ...fields, '', ''].join('\r\n');

function save(name: string, lines: string[]): void {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  console.log(`${name}\n${lines.join('\n')}\n`);
}

const table = (rows: string[][]) => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('   ')
      .trimEnd(),
  );
};

// A handshake that fails.
const failures: [what: string, run: () => Promise<SeenByPage>][] = [
  ['the name does not resolve', () => useWebSocket(page, 'ws://nowhere.invalid/chat')],
  [
    'nothing listens on the port',
    async () => useWebSocket(page, `ws://127.0.0.1:${await closedPort()}/chat`),
  ],
  ['the server speaks no TLS', answering(() => plain('400 Bad Request'), { url: 'wss://chat.example/chat' })],
  ['401', answering(() => plain('401 Unauthorized', 'WWW-Authenticate: Bearer'))],
  ['403', answering(() => plain('403 Forbidden'))],
  ['200', answering(() => plain('200 OK'))],
  ['302 to another path', answering(() => plain('302 Found', 'Location: ws://chat.example/moved'))],
  ['101 with a wrong accept', answering(() => switching('AAAAAAAAAAAAAAAAAAAAAAAAAAA='))],
  [
    '101 with a protocol not offered',
    answering((accept) => switching(accept, 'Sec-WebSocket-Protocol: soap')),
  ],
  ['101 without any of the offered', answering((accept) => switching(accept), { protocols: ['chat.v1'] })],
  ['101, then the TCP connection ends', answering((accept) => switching(accept))],
];
function answering(
  bytes: (accept: string) => string,
  { url: to = url, protocols = [] }: { url?: string; protocols?: string[] } = {},
): () => Promise<SeenByPage> {
  return () => {
    answer = (socket, accept) => socket.end(bytes(accept));
    return useWebSocket(page, to, { protocols });
  };
}
const seen: string[][] = [['what went wrong', 'what the script saw']];
const told: string[][] = [
  ['what went wrong', "what the console said after WebSocket connection to '…' failed:"],
];
for (const [what, run] of failures) {
  const { events, console } = await run();
  seen.push([what, events.join(', ')]);
  told.push([what, console.at(-1)?.replace(/^WebSocket connection to '.*?' failed: /, '') ?? '(nothing)']);
}
save('page-sees-failures.txt', table(seen));
save('console-says.txt', table(told));
for (const [name, what] of [
  ['console-200.txt', '200'],
  ['console-wrong-accept.txt', '101 with a wrong accept'],
  ['console-no-subprotocol.txt', '101 without any of the offered'],
]) {
  save(
    name,
    told.filter(([label]) => label === what).map(([, message]) => message),
  );
}

// A connection that closes: the server's bytes, after its 101.
const closeFrame = (...payload: number[]) => Buffer.from([0x88, payload.length, ...payload]);
const code = (value: number, reason = '') => closeFrame(value >> 8, value & 255, ...Buffer.from(reason));
const closes: [what: string, bytes: Buffer][] = [
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999].map(
    (value): [string, Buffer] => [`close ${value}`, code(value)],
  ),
  ['close 4401 "sign in"', code(4401, 'sign in')],
  ['close with no code', closeFrame()],
  ['no close frame, TCP ends', Buffer.alloc(0)],
  ...[999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map((value): [string, Buffer] => [
    `close ${value}`,
    code(value),
  ]),
  ['close with 1 byte', closeFrame(3)],
  ['a masked close 1000', Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])],
];
const rows: string[][] = [['the server sent', 'bytes', 'the script saw', 'the browser sent']];
for (const [what, bytes] of closes) {
  let reply = Buffer.alloc(0);
  answer = (socket, accept) => {
    socket.on('data', (chunk) => {
      reply = Buffer.concat([reply, chunk]);
    });
    socket.write(switching(accept));
    // The closing TCP handshake is the server's to begin, once the browser has answered (RFC 6455 §7.1.1).
    if (bytes.length === 0) socket.end();
    else socket.write(bytes);
    socket.once('data', () => socket.end());
  };
  const { events } = await useWebSocket(page, url);
  const [last] = events.slice(-1);
  const error = events.includes('error') ? 'error, ' : '';
  rows.push([what, bytes.toString('hex') || '-', `${error}${last}`, unmasked(reply)]);
}
save('page-sees-closes.txt', table(rows));

/** The code in a masked Close frame of the browser's. */
function unmasked(frame: Buffer): string {
  if (frame.length === 0) return '-';
  const key = frame.subarray(2, 6);
  const payload = frame.subarray(6).map((byte, index) => byte ^ key[index % 4]);
  return payload.length >= 2 ? `close ${Buffer.from(payload).readUInt16BE(0)}` : 'close, no code';
}

// What a script may pass to close().
answer = (socket, accept) => socket.write(switching(accept));
const outcomes = await page.evaluate(async (url) => {
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const calls: [number, string?][] = [
    [999],
    [1001],
    [1005],
    [1006],
    [1011],
    [2999],
    [5000],
    [4000, 'x'.repeat(124)],
    [4000, 'x'.repeat(123)],
  ];
  return calls.map(([code, reason]) => {
    const call = reason ? `close(${code}, ${reason.length} bytes)` : `close(${code})`;
    try {
      socket.close(code, reason);
      return `${call.padEnd(24)} allowed`;
    } catch (error) {
      return `${call.padEnd(24)} throws ${error instanceof DOMException ? error.name : String(error)}`;
    }
  });
}, url);
save('page-may-close.txt', outcomes);

async function closedPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

await browser.close();
server.close();
