import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientOptions, WebSocket } from 'ws';
import { createRequest, formatRequest, parseUrl } from '#labs/02-client-handshake';
import { encodeFrame, Opcode } from '#labs/03-frames';
import { startBrowser } from '../../support/browser.ts';
import { machines, port } from './network.ts';
import { serverName } from './servers.ts';

const { ipv4, ipv6 } = machines.server;
const host = `${ipv4}:${port}`;

/** Every scene has one of these on the client's side. */
export const clients: Record<string, () => Promise<void>> = {
  /** Loaded only when it plays: no other scene needs the chat. */
  people: async () => await (await import('./people.ts')).people(),

  /** Two messages in three fragments each, one with a ping inside; then one of bytes. */
  async fragments() {
    const client = await open();
    client.send('Hel', { fin: false });
    client.ping('still there?');
    client.send('lo, ', { fin: false });
    client.send('world', { fin: true });
    await once(client, 'message');
    for (const [part, fin] of [
      ['Gr', false],
      ['ü', false],
      ['ße', true],
    ] as const)
      client.send(part, { fin });
    await once(client, 'message');
    await echoed(client, Buffer.from('00ff80', 'hex'));
    await close(client);
  },

  /** A message on either side of each border between two lengths; the 64-bit one fills many packets. */
  async lengths() {
    const client = await open();
    for (const length of [0, 125, 126, 2_000, 65_536]) client.send('a'.repeat(length));
    client.ping();
    await once(client, 'pong');
    client.terminate();
    await once(client, 'close');
  },

  /** A page in Chromium. */
  async page() {
    const browser = await startBrowser();
    const page = await browser.newPage();
    await page.evaluate(`(async () => {
      const socket = new WebSocket('ws://${host}/');
      const event = (name) => new Promise((resolve) => socket.addEventListener(name, resolve));
      await event('open');
      for (const text of ${JSON.stringify(alike)}) {
        socket.send(text);
        await event('message');
      }
      socket.close(1000, 'done');
      await event('close');
    })()`);
    await browser.close();
  },

  /** `ws`, compressing too: messages alike, one in fragments, one that does not shrink, one of no bytes. */
  async compressing() {
    const client = await open({ perMessageDeflate: { threshold: 0 } });
    for (const text of alike.slice(0, 2)) await echoed(client, text);
    client.send('{"type":"chat",', { fin: false });
    client.ping();
    client.send('"content":"in two parts"}', { fin: true });
    await once(client, 'message');
    await echoed(client, randomBytes(64));
    await echoed(client, '');
    await close(client);
  },

  async ipv6() {
    const client = await open({ url: `ws://[${ipv6}]:${port}/` });
    await echoed(client, 'Hello over IPv6');
    await close(client);
  },

  /** Two messages over the machine's own loopback interface. */
  async 'same-machine'() {
    const client = await open({ url: `ws://127.0.0.1:${port}/` });
    await echoed(client, 'Hello');
    await echoed(client, 'Hello again');
    await close(client);
  },

  async 'same-machine-ipv6'() {
    const client = await open({ url: `ws://[::1]:${port}/` });
    await echoed(client, 'Hello');
    await close(client);
  },

  /** One message, half of another, and a reset: no Close frame, not even a FIN. */
  async reset() {
    const socket = connectTcp(port, ipv4);
    socket.write(formatRequest(createRequest(parseUrl(`ws://${host}/`))));
    await once(socket, 'data');
    const maskingKey = randomBytes(4);
    socket.write(encodeFrame({ opcode: Opcode.Text, payload: Buffer.from('whole'), maskingKey }));
    await once(socket, 'data');
    const frame = encodeFrame({
      opcode: Opcode.Text,
      payload: Buffer.from('only the first half'),
      maskingKey,
    });
    socket.write(frame.subarray(0, frame.length / 2));
    await sleep(50);
    socket.resetAndDestroy();
    await once(socket, 'close');
  },

  /** Messages without waiting for their echoes, long enough that many packets are on the way at once. */
  async busy() {
    const client = await open();
    const count = 40;
    const last = new Promise<void>((resolve) => {
      let left = count;
      client.on('message', () => --left === 0 && resolve());
    });
    for (let number = 1; number <= count; number++) {
      client.send(`message ${number} ${'.'.repeat(number * 15)}`);
      await sleep(4);
    }
    await last;
    await close(client);
  },

  /** A short message, one of two packets, a short one. */
  async mixed() {
    const client = await open();
    await echoed(client, 'short');
    await echoed(client, 'long '.repeat(400));
    await echoed(client, 'short again');
    await close(client);
  },

  async secret() {
    const client = await open({ url: `wss://${host}/`, servername: serverName, rejectUnauthorized: false });
    await echoed(client, 'Nobody on the way can read this');
    await close(client);
  },

  /** Begins before the recording does. */
  async early() {
    const client = await open();
    await echoed(client, 'before');
    await recordingStarts();
    await echoed(client, 'Hello, you came late');
    client.ping();
    await once(client, 'pong');
    await close(client);
  },
};

const alike = ['Hello', 'How are you?', 'Fine, and how are you?', 'Fine, and how are you?'].map((content) =>
  JSON.stringify({ type: 'chat', room: 'lobby', content }),
);

/** A `ws` client, connected; it offers no compression unless told to. */
async function open({
  url = `ws://${host}/`,
  ...options
}: ClientOptions & { url?: string; servername?: string } = {}) {
  const client = new WebSocket(url, { perMessageDeflate: false, ...options });
  await once(client, 'open');
  return client;
}

async function echoed(client: WebSocket, data: string | Buffer): Promise<void> {
  client.send(data);
  await once(client, 'message');
}

async function close(client: WebSocket): Promise<void> {
  client.close(1000, 'bye');
  await once(client, 'close');
}

/** Tells record.ts that this is the moment, and waits until it records. */
async function recordingStarts(): Promise<void> {
  process.send?.('record');
  await once(process, 'message');
}
