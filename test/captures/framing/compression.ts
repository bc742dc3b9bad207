import { once } from 'node:events';
import { constants, deflateRawSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame, type Frame, Opcode } from '#labs/03-frames';
import type { AcceptOptions } from '../../../workbook/websocket.ts';
import { framesOf, inPage } from './pages.ts';
import { frames } from './print.ts';
import { sendFrameTo } from './programs.ts';
import { echo, serve, settled, silent } from './serve.ts';
import { type Crossing, openTap, withoutHandshake } from './tap.ts';

/** What the chapter on compression shows, by the name of the file. */
export const compressionScenes: Record<string, (browser: Browser) => Promise<string>> = {
  'deflate-offer': negotiations,
  'deflate-hello': framesOf(
    echo,
    `for (let turn = 0; turn < 2; turn++) {
      socket.send('Hello');
      await received();
    }`,
    { compression: { threshold: 0 } },
  ),
  'deflate-takeover': takeover,
  'deflate-bomb': bomb,
  'deflate-leak': leak,
};

/** What crosses while a page sends these messages, one after the answer to the other. */
async function pageSends(
  browser: Browser,
  options: AcceptOptions,
  messages: readonly string[],
): Promise<Crossing[]> {
  const server = await serve(echo, options);
  const tap = await openTap(server.port);
  await inPage(
    browser,
    { pagePort: server.port, socketPort: tap.port },
    `const socket = await open();
    for (const message of ${JSON.stringify(messages)}) {
      socket.send(message);
      await event(socket, 'message');
    }`,
  );
  tap.close();
  server.close();
  return tap.crossings;
}

/** The one header that is about extensions, as each side sent it. */
async function negotiations(browser: Browser): Promise<string> {
  const wanted = { clientNoContextTakeover: true, serverNoContextTakeover: true, clientMaxWindowBits: 10 };
  const lines = [
    ...extensionLines('Chromium', await pageSends(browser, { compression: {} }, [])),
    ...extensionLines('ws', await wsConnects({ compression: {} })),
    '',
    'a server that wants less memory:',
    ...extensionLines('Chromium', await pageSends(browser, { compression: wanted }, [])),
    '',
    'a server without compression:',
    ...extensionLines('Chromium', await pageSends(browser, {}, [])),
  ];
  return `${lines.join('\n')}\n`;
}

async function wsConnects(options: AcceptOptions): Promise<Crossing[]> {
  const server = await serve(silent, options);
  const tap = await openTap(server.port);
  const client = new WebSocket(`ws://127.0.0.1:${tap.port}/`);
  await once(client, 'open');
  client.terminate();
  tap.close();
  server.close();
  return tap.crossings;
}

function extensionLines(client: string, crossings: readonly Crossing[]): string[] {
  return (['client', 'server'] as const).map((side) => {
    const head = crossings.find(({ from }) => from === side)?.bytes.toString() ?? '';
    const [line = '(no Sec-WebSocket-Extensions)'] = /^Sec-WebSocket-Extensions: .*$/im.exec(head) ?? [];
    return `${(side === 'client' ? client : 'server').padEnd(8)} → ${line}`;
  });
}

const chatMessages = [
  'Has anyone seen the logs of the last deploy?',
  'Yes, they are on the build server.',
  'Which one?',
  'The new one, since Monday.',
  'Got them, thanks!',
].map((content, index) =>
  JSON.stringify({
    type: 'chat',
    id: `a81f${index}`,
    room: 'lobby',
    content,
    at: 1795341600000 + index * 4711,
  }),
);

/** Payload bytes of chat messages that a page sends: plain, with the context of those before, and without. */
async function takeover(browser: Browser): Promise<string> {
  const sizes = async (options: AcceptOptions) =>
    framesFrom('client', await pageSends(browser, options, chatMessages)).map(
      ({ payload }) => payload.length,
    );
  const row = (name: string, numbers: readonly number[]) => {
    const sum = numbers.reduce((total, number) => total + number, 0);
    return `${name.padEnd(28)}${[...numbers, sum].map((number) => `${number}`.padStart(6)).join('')}`;
  };
  const compression = { threshold: 0 };
  const alone = { ...compression, clientNoContextTakeover: true };
  return [
    `${'message'.padEnd(28)}     1     2     3     4     5   all`,
    row('plain', await sizes({})),
    row('client_no_context_takeover', await sizes({ compression: alone })),
    row('with context takeover', await sizes({ compression })),
    '',
  ].join('\n');
}

/** The data frames of one side. */
function framesFrom(side: 'client' | 'server', crossings: readonly Crossing[]): Frame[] {
  return [...frames(withoutHandshake(crossings))].flatMap(({ from, frame }) =>
    frame && from === side && frame.opcode < Opcode.Close ? [frame] : [],
  );
}

/** 100 MiB of zeros in one small frame, to a server with the default limit of 1 MiB. */
async function bomb(): Promise<string> {
  const inflated = 100 * 2 ** 20;
  const payload = deflateRawSync(Buffer.alloc(inflated), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(
    0,
    -4,
  );
  const bytes = encodeFrame({
    opcode: Opcode.Binary,
    rsv1: true,
    payload,
    maskingKey: Buffer.of(1, 2, 3, 4),
  });
  const server = await serve(silent, { compression: {} });
  const socket = await sendFrameTo(server.port, bytes, 'permessage-deflate');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  const close = decodeFrame(answer)?.frame;
  socket.destroy();
  server.close();
  const count = (number: number) => number.toLocaleString('en');
  return [
    `sent       ${count(bytes.length)} bytes, one frame`,
    `inflates   to ${count(inflated)} bytes, ${count(Math.round(inflated / bytes.length))} times as many`,
    `answered   close ${close?.payload.readUInt16BE()}, after 1,048,576 bytes had come out`,
    '',
  ].join('\n');
}

/** Lengths of a server's answers that hold a secret and a text of the other side's choice. */
async function leak(): Promise<string> {
  const secret = 'token=c1f9';
  const server = await serve(
    (connection) =>
      connection.on('message', (guess) =>
        connection.send(JSON.stringify({ account: 'ada', session: secret, youSearchedFor: `${guess}` })),
      ),
    { compression: { threshold: 0, serverNoContextTakeover: true } },
  );
  const tap = await openTap(server.port);
  const client = new WebSocket(`ws://127.0.0.1:${tap.port}/`);
  await once(client, 'open');
  let known = 'token=';
  const lines: string[] = [];
  for (let place = 0; place < 4; place++) {
    const lengths = new Map<string, number>();
    for (const digit of '0123456789abcdef') {
      const seen = tap.crossings.length;
      client.send(`${known}${digit}`);
      await once(client, 'message');
      await settled();
      const [frame] = [...frames(tap.crossings.slice(seen))].filter(({ from }) => from === 'server');
      lengths.set(digit, frame.frame?.payload.length ?? 0);
    }
    lines.push(
      `${known}?`.padEnd(12) + [...lengths].map(([digit, length]) => `${digit}:${length}`).join(' '),
    );
    known += [...lengths].sort(([, a], [, b]) => a - b)[0][0];
  }
  client.terminate();
  tap.close();
  server.close();
  return `${lines.join('\n')}\n`;
}
