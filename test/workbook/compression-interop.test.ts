import { type EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type PerMessageDeflateOptions, WebSocket, WebSocketServer } from 'ws';
import { encodeFrame, Opcode } from '#labs/03-frames';
import type { Connection } from '#labs/06-connection';
import { type DeflateOptions, type DeflateParameters, PermessageDeflate } from '#labs/07-compression';
import { acceptUpgrade, type CompressionOptions, connect } from '../../workbook/websocket.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { bomb, noise, PeerContext, prose } from '../support/compression.ts';
import { bufferBytes } from '../support/memory.ts';

/** One end of a WebSocket, ours or that of `ws`, as far as both are the same. */
interface End extends EventEmitter {
  send(data: string | Uint8Array): void;
}

/** What either side may want; the names are those of `ws` too. */
interface Wishes {
  server: DeflateOptions;
  client: DeflateOptions;
}

interface Pair {
  ours: Connection;
  theirs: WebSocket;
}

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  cleanUps.push(() => server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Every message is compressed. */
const all = <Options extends object>(wishes: Options) => ({ threshold: 0, ...wishes });

async function ourServer({ server: wanted, client }: Wishes): Promise<Pair> {
  const server = createServer();
  const perMessageDeflate: PerMessageDeflateOptions = all(client);
  const theirs = new WebSocket(await listen(server), { perMessageDeflate });
  cleanUps.push(() => theirs.terminate());
  const [request, socket, head] = await once(server, 'upgrade');
  const ours = acceptUpgrade(request, socket, head, { compression: all(wanted) });
  if (!ours) throw new Error('The upgrade was refused');
  await once(theirs, 'open');
  return { ours, theirs };
}

async function ourClient({ server: wanted, client }: Wishes): Promise<Pair> {
  const server = createServer();
  const webSockets = new WebSocketServer({ server, perMessageDeflate: all(wanted) });
  const url = await listen(server);
  const connected = once(webSockets, 'connection');
  const ours = await connect(url, { compression: all(client) });
  const [theirs] = (await connected) as [WebSocket];
  cleanUps.push(() => theirs.terminate());
  return { ours, theirs };
}

function parametersOf({ extension }: Connection): DeflateParameters | undefined {
  return extension instanceof PermessageDeflate ? extension.parameters : undefined;
}

/** Text of many lengths, some of it said before, some of it far back, some that does not compress. */
const allMessages = [
  '',
  'Hello',
  'Hello',
  ...Array.from({ length: 12 }, (_, index) => prose(3 ** (index % 10), index % 4).toString()),
  noise(5000).toString('base64'),
  noise(5000).toString('base64'),
  prose(70_000).toString(),
  `${noise(200, 3).toString('hex')}${prose(33_000)}${noise(200, 3).toString('hex')}`,
];

async function exchange({ ours, theirs }: Pair, what: string, messages = allMessages): Promise<void> {
  for (const [from, to] of [
    [ours, theirs],
    [theirs, ours],
  ] as unknown as [End, End][]) {
    const received: string[] = [];
    const done = new Promise<void>((resolve) => {
      to.on('message', (data: Buffer) => {
        if (received.push(data.toString()) === messages.length) resolve();
      });
    });
    for (const message of messages) from.send(message);
    await done;
    expect(
      received.findIndex((text, index) => text !== messages[index]),
      what,
    ).toBe(-1);
  }
}

/** With and without takeover each way, and windows of either side. */
const combinations: Wishes[] = [true, false].flatMap((serverNoContextTakeover) =>
  [true, false].flatMap((clientNoContextTakeover) =>
    [undefined, 8, 9, 12].flatMap((bits) => {
      const takeover = { serverNoContextTakeover, clientNoContextTakeover };
      const windows = { serverMaxWindowBits: bits, clientMaxWindowBits: bits };
      return [
        { server: { ...takeover, ...windows }, client: {} },
        { server: {}, client: { ...takeover, ...windows } },
        { server: { ...takeover }, client: windows },
      ];
    }),
  ),
);

describe.each([
  ['our server, a client of ws', ourServer],
  ['a server of ws, our client', ourClient],
])('%s', (_name, open) => {
  test('exchange compressed messages, whatever they agree on', async () => {
    for (const wishes of combinations) {
      const what = JSON.stringify(wishes);
      const pair = await open(wishes);
      const parameters = parametersOf(pair.ours);
      const wanted = { ...wishes.server, ...wishes.client };
      expect(parameters, what).toMatchObject({
        serverNoContextTakeover: wanted.serverNoContextTakeover ?? false,
        serverMaxWindowBits: wanted.serverMaxWindowBits ?? 15,
      });
      await exchange(pair, what);
      pair.theirs.terminate();
    }
  });

  test('compressed fragments with a ping in between', async () => {
    const { ours, theirs } = await open({ server: {}, client: {} });
    const heard: string[] = [];
    ours.on('ping', () => heard.push('ping'));
    const done = new Promise<void>((resolve) => {
      ours.on('message', (data) => {
        heard.push(data.toString());
        if (heard.length === 4) resolve();
      });
    });
    for (const text of ['first ', 'second ']) {
      theirs.send(text.repeat(500), { fin: false });
      theirs.ping();
      theirs.send(text.repeat(500), { fin: true });
    }
    await done;
    expect(heard.filter((what) => what !== 'ping')).toEqual(['first '.repeat(1000), 'second '.repeat(1000)]);
  });

  test('one of them wants no compression: there is none', async () => {
    const server = createServer();
    const url = await listen(server);
    if (open === ourServer) {
      const theirs = new WebSocket(url, { perMessageDeflate: false });
      const [request, socket, head] = await once(server, 'upgrade');
      const ours = acceptUpgrade(request, socket, head, { compression: {} });
      await once(theirs, 'open');
      expect([theirs.extensions, ours?.extension]).toEqual(['', undefined]);
      theirs.terminate();
    } else {
      new WebSocketServer({ server, perMessageDeflate: false });
      const ours = await connect(url, { compression: {} });
      expect(ours.extension).toBeUndefined();
      ours.terminate();
    }
  });
});

describe('our server, bytes by hand', () => {
  /** Sends one compressed text message, and returns the code of the Close frame that comes back. */
  async function closeCodeFor(
    payload: Uint8Array,
    options: Partial<Parameters<typeof acceptUpgrade>[3]> = {},
  ) {
    const server = createServer();
    const { port } = new URL(await listen(server));
    const socket = connectTcp(Number(port), '127.0.0.1');
    cleanUps.push(() => socket.destroy());
    const { head } = upgradeRequest('permessage-deflate');
    socket.write(head);
    const [request, accepted, rest] = await once(server, 'upgrade');
    const ours = acceptUpgrade(request, accepted, rest, { compression: {}, ...options });
    ours?.on('message', () => ours.close(1000));
    await once(socket, 'data');
    const maskingKey = Buffer.from('37fa213d', 'hex');
    socket.write(encodeFrame({ opcode: Opcode.Text, payload, rsv1: true, maskingKey }));
    const [close] = (await once(socket, 'data')) as [Buffer];
    return close.readUInt16BE(2);
  }

  test('text is checked after it is inflated, the limit while it is', async () => {
    const deflated = (bytes: Uint8Array) => new PeerContext().deflate(bytes);
    expect(await closeCodeFor(deflated(Buffer.from('fine')))).toBe(1000);
    expect(await closeCodeFor(deflated(Buffer.of(0x61, 0xc3, 0x28)))).toBe(1007);
    expect(await closeCodeFor(Buffer.of(0xff, 0xff, 0xff))).toBe(1007);
    expect(await closeCodeFor(bomb(20))).toBe(1009);
    expect(await closeCodeFor(deflated(Buffer.alloc(200)), { maxMessageLength: 100 })).toBe(1009);
  });

  test.each([
    ['permessage-deflate;', 400],
    ['permessage-deflate; server_max_window_bits=', 400],
    ['permessage-deflate; foo', 101],
    [
      'permessage-deflate; foo\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9',
      101,
    ],
  ])('an offer of %j is answered with %i', async (offer, status) => {
    const server = createServer();
    const { port } = new URL(await listen(server));
    const socket = connectTcp(Number(port), '127.0.0.1');
    cleanUps.push(() => socket.destroy());
    socket.write(upgradeRequest(offer).head);
    const [request, accepted, rest] = await once(server, 'upgrade');
    acceptUpgrade(request, accepted, rest, { compression: {} });
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain(`HTTP/1.1 ${status} `);
    expect(answer.includes('server_max_window_bits=9')).toBe(offer.includes('=9'));
  });

  function upgradeRequest(offer: string): { head: string } {
    const head = [
      'GET / HTTP/1.1',
      'Host: localhost',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Extensions: ${offer}`,
      '\r\n',
    ].join('\r\n');
    return { head };
  }

  test('nothing is left of closed connections', async () => {
    const round = async () => {
      const pairs = await Promise.all(Array.from({ length: 8 }, () => ourServer({ server: {}, client: {} })));
      await Promise.all(pairs.map((pair) => exchange(pair, 'a pair of many', [prose(40_000).toString()])));
      for (const { theirs } of pairs) theirs.terminate();
      await Promise.all(pairs.map(({ ours }) => once(ours, 'close')));
    };
    await round();
    bufferBytes();
    const before = bufferBytes();
    await round();
    bufferBytes();
    // Eight connections hold half a megabyte of windows while they are open.
    expect(bufferBytes() - before).toBeLessThan(250_000);
  });
});

describe.skipIf(noBrowser)('a page in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test.each<[string, CompressionOptions]>([
    ['permessage-deflate', {}],
    ['permessage-deflate; client_max_window_bits=9', { clientMaxWindowBits: 9 }],
    ['permessage-deflate; server_max_window_bits=8', { serverMaxWindowBits: 8 }],
    [
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
  ])('agrees on "%s", and both inflate what the other sends', async (answer, wanted) => {
    const server = createServer((_request, response) => response.end('<!doctype html>'));
    const compressed = { sent: 0, received: 0 };
    server.on('upgrade', (request, socket, head) => {
      const connection = acceptUpgrade(request, socket, head, { compression: all(wanted) });
      if (!(connection?.extension instanceof PermessageDeflate)) throw new Error('no compression');
      const { extension } = connection;
      const [send, receive] = [extension.send.bind(extension), extension.receive.bind(extension)];
      extension.send = (frame) => {
        const sent = send(frame);
        if (sent.rsv1) compressed.sent++;
        return sent;
      };
      extension.receive = (frame) => {
        if (frame.rsv1) compressed.received++;
        return receive(frame);
      };
      connection.on('message', (data) => connection.send(data.toString()));
    });
    const url = await listen(server);
    const page = await browser.newPage();
    await page.goto(url.replace('ws:', 'http:'));
    const { extensions, echoed } = await page.evaluate(
      async ({ url, messages }) => {
        const socket = new globalThis.WebSocket(url);
        await new Promise((resolve) => socket.addEventListener('open', resolve));
        const echoed: string[] = [];
        const done = new Promise<void>((resolve, reject) => {
          socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)));
          socket.addEventListener('message', ({ data }) => {
            if (echoed.push(data) === messages.length) resolve();
          });
        });
        for (const message of messages) socket.send(message);
        await done;
        return { extensions: socket.extensions, echoed };
      },
      { url, messages: allMessages },
    );
    expect(extensions).toBe(answer);
    expect(echoed).toEqual(allMessages);
    expect(compressed.sent).toBeGreaterThan(10);
    expect(compressed.received).toBeGreaterThan(10);
    await page.close();
  });
});
