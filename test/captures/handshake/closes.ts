/**
 * Records what a script in Chromium learns when a connection closes, and what it may pass to `close()`, for
 * docs/reference/close-codes.md:
 *
 *     node --import tsx test/captures/handshake/closes.ts
 */
import { openPage, startBrowserOn, useWebSocket } from './browser.ts';
import { startRawServer, switching } from './raw-server.ts';
import { saveTable } from './save.ts';

const server = await startRawServer();
const browser = await startBrowserOn(server.port);
const page = await openPage(browser, 'http://chat.example');
const url = 'ws://chat.example/chat';

const closeFrame = (...payload: number[]) => Buffer.from([0x88, payload.length, ...payload]);
const withCode = (code: number, reason = '') => closeFrame(code >> 8, code & 255, ...Buffer.from(reason));
const plainly = (code: number): [string, Buffer] => [`close ${code}`, withCode(code)];

const sent: [what: string, bytes: Buffer][] = [
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999].map(plainly),
  ['close 4401, "sign in"', withCode(4401, 'sign in')],
  ['close without a code', closeFrame()],
  ['nothing, and TCP ends', Buffer.alloc(0)],
  ...[999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map(plainly),
  ['close with one byte', closeFrame(3)],
  ['close 1000, masked', Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])],
];

const rows = [
  ['the server sent', 'bytes', '`error`', '`code`', '`reason`', '`wasClean`', 'the browser sent'],
];
for (const [what, bytes] of sent) {
  let reply = Buffer.alloc(0);
  server.answer = (socket, accept) => {
    // The server ends TCP first, here once the browser has answered (RFC 6455 §7.1.1).
    socket.on('data', (chunk) => {
      reply = Buffer.concat([reply, chunk]);
      socket.end();
    });
    socket.write(switching(accept));
    if (bytes.length > 0) socket.write(bytes);
    else socket.end();
  };
  const { error, close } = await useWebSocket(page, url);
  rows.push([
    what,
    bytes.length > 0 ? `\`${bytes.toString('hex').replace(/..(?=.)/g, '$& ')}\`` : '',
    error ? 'yes' : 'no',
    String(close.code),
    close.reason,
    String(close.wasClean),
    closeOf(reply),
  ]);
}
saveTable('page-sees-closes.txt', rows);

/** The code in the browser's masked Close frame. */
function closeOf(frame: Buffer): string {
  if (frame.length === 0) return 'nothing';
  const key = frame.subarray(2, 6);
  const payload = Buffer.from(frame.subarray(6).map((byte, index) => byte ^ key[index % 4]));
  return payload.length >= 2 ? `close ${payload.readUInt16BE(0)}` : 'close without a code';
}

server.answer = (socket, accept) => socket.write(switching(accept));
const calls: [code: number, reasonLength: number][] = [
  ...[999, 1001, 1005, 1006, 1011, 2999, 5000].map((code): [number, number] => [code, 0]),
  [4000, 124],
  [4000, 123],
];
const outcomes = await page.evaluate(
  async ([url, calls]) => {
    const socket = new WebSocket(url);
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    return calls.map(([code, length]) => {
      try {
        socket.close(code, 'x'.repeat(length));
        return 'allowed';
      } catch (error) {
        return error instanceof DOMException ? `throws \`${error.name}\`` : String(error);
      }
    });
  },
  [url, calls] as const,
);
saveTable('page-may-close.txt', [
  ['the call', 'outcome'],
  ...calls.map(([code, length], index) => [
    length ? `\`close(${code}, …)\` with a reason of ${length} bytes` : `\`close(${code})\``,
    outcomes[index],
  ]),
]);

await browser.close();
server.close();
