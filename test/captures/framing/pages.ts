import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { acceptKey } from '#labs/01-handshake';
import type { Connection } from '#labs/06-connection';
import type { AcceptOptions } from '../../../workbook/websocket.ts';
import { frames, printFrames, spaced } from './print.ts';
import { echo, serve, settled, silent } from './serve.ts';
import { type Crossing, openTap, withoutHandshake } from './tap.ts';

/** What the chapters show of a real browser, by the name of the file. */
export const pageScenes: Record<string, (browser: Browser) => Promise<string>> = {
  hello: framesOf(echo, `socket.send('Hello'); await received();`),
  keys: framesOf(silent, `for (let turn = 0; turn < 3; turn++) socket.send('Hello');`),
  lengths: framesOf(
    silent,
    `for (const length of [125, 126, 65_535, 65_536]) socket.send('a'.repeat(length));`,
  ),
  ping: framesOf((connection) => connection.ping(Buffer.from('here?')), ''),
  close: framesOf(silent, `socket.close(1000, 'bye');`),
  'close-empty': framesOf(silent, 'socket.close();'),
  'close-server': framesOf((connection) => connection.close(1012, 'restart'), ''),
  large: framesOf(silent, `socket.send('€'.repeat(50_000));`),
  'large-cut': cutOfLarge,
  'raw-text': writeWithoutFrame,
  'busy-page': pingBusyPage,
  'time-wait': whoWaits,
  'page-close': codesForClose,
};

/** Runs a script in a page of this server; `open()` in it gives a WebSocket that is open. */
export async function inPage<T>(
  browser: Browser,
  { pagePort, socketPort = pagePort }: { pagePort: number; socketPort?: number },
  script: string,
  prepare: (page: Page) => void = () => {},
): Promise<T> {
  const page = await browser.newPage();
  prepare(page);
  await page.goto(`http://127.0.0.1:${pagePort}/`);
  const result = await page.evaluate<T>(`(async () => {
    const connect = () => new WebSocket('ws://127.0.0.1:${socketPort}/');
    const event = (socket, name) => new Promise((resolve) => socket.addEventListener(name, resolve));
    const open = async () => {
      const socket = connect();
      await event(socket, 'open');
      return socket;
    };
    ${script}
  })()`);
  await settled();
  await page.close();
  return result;
}

async function crossingsOf(
  browser: Browser,
  onConnection: (connection: Connection) => void,
  script: string,
  options?: AcceptOptions,
): Promise<Crossing[]> {
  const server = await serve(onConnection, options);
  const tap = await openTap(server.port);
  await inPage(
    browser,
    { pagePort: server.port, socketPort: tap.port },
    `const socket = await open();
    const received = () => event(socket, 'message');
    ${script}
    await new Promise((resolve) => setTimeout(resolve, 300));`,
  );
  const crossings = withoutHandshake(tap.crossings);
  tap.close();
  server.close();
  return crossings;
}

/** The frames of a page with one WebSocket, without those of leaving the page. */
export function framesOf(
  onConnection: (connection: Connection) => void,
  script: string,
  options?: AcceptOptions,
) {
  return async (browser: Browser) => {
    const lines = printFrames(await crossingsOf(browser, onConnection, script, options), 'page').split('\n');
    const leaving = lines.findIndex((line) => line.endsWith('close 1001'));
    return `${lines.slice(0, leaving === -1 ? -1 : leaving).join('\n')}\n`;
  };
}

/** The payload bytes on both sides of the cut that the browser made in a large message. */
async function cutOfLarge(browser: Browser): Promise<string> {
  const crossings = await crossingsOf(browser, silent, `socket.send('€'.repeat(50_000));`);
  const [first, second] = [...frames(crossings)].flatMap(({ frame }) => (frame ? [frame.payload] : []));
  return [
    `first frame   … ${spaced(first.subarray(-6))}   ${first.length} bytes`,
    `second frame  ${spaced(second.subarray(0, 6))} …   ${second.length} bytes\n`,
  ].join('\n');
}

/** What a browser says when a server upgrades, and then writes `hello` to the socket with no frame around it. */
async function writeWithoutFrame(browser: Browser): Promise<string> {
  const server = createServer((_request, response) => response.end('<!doctype html>'));
  server.on('upgrade', (request, socket) => {
    const accept = acceptKey(`${request.headers['sec-websocket-key']}`);
    socket.on('error', () => {});
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\nhello`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const said: string[] = [];
  const closed = await inPage<string>(
    browser,
    { pagePort: port },
    `const { code, wasClean } = await event(connect(), 'close');
    return 'close event: code ' + code + ', wasClean ' + wasClean;`,
    (page) => page.on('console', (message) => said.push(message.text())),
  );
  server.closeAllConnections();
  server.close();
  const words = [...said, closed].join('\n').replaceAll(`127.0.0.1:${port}`, 'localhost:8080');
  return `${words.replace(' failed: ', ' failed:\n')}\n`;
}

/** A ping and a text message to a page whose script blocks for three seconds: which answer comes when. */
async function pingBusyPage(browser: Browser): Promise<string> {
  const lines: string[] = [];
  const server = await serve((connection) => {
    setTimeout(() => {
      const sent = performance.now();
      const elapsed = () => `${Math.round(performance.now() - sent)} ms`.padStart(8);
      connection.on('pong', () => lines.push(`pong, by the browser     after ${elapsed()}`));
      connection.on('message', () => lines.push(`answer, by the script    after ${elapsed()}`));
      connection.ping();
      connection.send('are you there');
    }, 500);
  });
  await inPage(
    browser,
    { pagePort: server.port },
    `const socket = await open();
    const answered = event(socket, 'message').then(() => socket.send('yes'));
    for (const end = Date.now() + 3_000; Date.now() < end; );
    await answered;`,
  );
  server.close();
  return `${lines.join('\n')}\n`;
}

/** The kernel's TIME_WAIT entries after a page has closed a connection; needs Linux's `ss`. */
async function whoWaits(browser: Browser): Promise<string> {
  const server = await serve(silent);
  const tried = `const socket = await open();
    socket.close(1000);
    await event(socket, 'close');`;
  await inPage(browser, { pagePort: server.port }, tried);
  const table = execFileSync('ss', ['-Htan', 'state', 'time-wait'], { encoding: 'utf8' });
  server.close();
  const entries = table.split('\n').flatMap((line) => {
    const [, , local, peer] = line.trim().split(/\s+/);
    return line.includes(`:${server.port}`) ? [`TIME-WAIT  ${local}  ${peer}`] : [];
  });
  return `state      local address    peer address\n${entries.join('\n').replaceAll(`:${server.port}`, ':8080 ')}\n`;
}

/** Which codes a browser lets a script pass to `close`. */
async function codesForClose(browser: Browser): Promise<string> {
  const server = await serve(silent);
  const lines = await inPage<string[]>(
    browser,
    { pagePort: server.port },
    `const lines = [];
    for (const code of [999, 1000, 1001, 1006, 1011, 2999, 3000, 4999, 5000]) {
      const socket = await open();
      try {
        socket.close(code);
        lines.push('close(' + code + ')  sent');
      } catch (error) {
        lines.push('close(' + code + ')  ' + error.name);
      }
    }
    return lines;`,
  );
  server.close();
  return `${lines.join('\n')}\n`;
}
