/**
 * Records what a script in Chromium, and its developer, learn of a handshake that fails:
 *
 *     node --import tsx test/captures/handshake/failures.ts
 */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { openPage, type SeenByPage, startBrowserOn, useWebSocket } from './browser.ts';
import { startRawServer, switching } from './raw-server.ts';
import { save, saveTable } from './save.ts';

const server = await startRawServer();
const browser = await startBrowserOn(server.port);
const page = await openPage(browser, 'http://chat.example');
const url = 'ws://chat.example/chat';

/** Opens the WebSocket against a server that sends these bytes and ends the connection. */
async function answered(bytes: (accept: string) => string, protocols?: string[]): Promise<SeenByPage> {
  server.answer = (socket, accept) => socket.end(bytes(accept));
  return useWebSocket(page, url, protocols);
}

const plain = (status: string, ...fields: string[]) =>
  [`HTTP/1.1 ${status}`, 'Content-Length: 0', ...fields, '', ''].join('\r\n');

async function closedPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

const failures: [what: string, seen: () => Promise<SeenByPage>][] = [
  ['the name does not resolve', () => useWebSocket(page, 'ws://nowhere.invalid/chat')],
  [
    'nothing listens on the port',
    async () => useWebSocket(page, `ws://127.0.0.1:${await closedPort()}/chat`),
  ],
  [
    'the server speaks no TLS',
    () => {
      server.answer = (socket) => socket.end(plain('400 Bad Request'));
      return useWebSocket(page, 'wss://chat.example/chat');
    },
  ],
  ['401', () => answered(() => plain('401 Unauthorized', 'WWW-Authenticate: Bearer'))],
  ['403', () => answered(() => plain('403 Forbidden'))],
  ['200', () => answered(() => plain('200 OK'))],
  ['302 to another path', () => answered(() => plain('302 Found', 'Location: ws://chat.example/moved'))],
  ['101, a wrong accept', () => answered(() => switching('AAAAAAAAAAAAAAAAAAAAAAAAAAA='))],
  [
    '101, a protocol not offered',
    () => answered((accept) => switching(accept, 'Sec-WebSocket-Protocol: soap')),
  ],
  ['101, none of those offered', () => answered((accept) => switching(accept), ['chat.v1'])],
  ['101, then TCP ends', () => answered((accept) => switching(accept))],
];

/** Chapters that begin with one message import it alone. */
const shownAlone: Record<string, string> = {
  '200': 'console-200.txt',
  '101, a wrong accept': 'console-wrong-accept.txt',
  '101, none of those offered': 'console-no-subprotocol.txt',
};

const yesNo = (value: boolean) => (value ? 'yes' : 'no');
const script = [['what went wrong', '`open`', '`error`', '`code`', '`wasClean`']];
const developer = [['what went wrong', 'the console']];
for (const [what, run] of failures) {
  const { opened, error, close, console } = await run();
  script.push([what, yesNo(opened), yesNo(error), String(close.code), String(close.wasClean)]);
  const message = console.at(-1)?.replace(/^WebSocket connection to '.*?' failed: /, '') ?? '';
  developer.push([what, message && `\`${message}\``]);
  if (shownAlone[what]) save(shownAlone[what], `> \`${message}\`\n`);
}
saveTable('page-sees-failures.txt', script);
saveTable('console-says.txt', developer);

await browser.close();
server.close();
