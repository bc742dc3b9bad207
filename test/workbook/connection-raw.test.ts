import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame, Opcode } from '#labs/03-frames';
import { acceptUpgrade } from '../../workbook/websocket.ts';

/** A small echo server with small limits, and one good client that must never notice anything. */
const server = createServer((_request, response) => response.end('a page'));
server.on('upgrade', (request, socket, head) => {
  const connection = acceptUpgrade(request, socket, head, {
    maxPayloadLength: 1000,
    maxMessageLength: 1500,
    maxFragments: 4,
    closeTimeoutMs: 2000,
  });
  connection?.on('message', (data, isBinary) => connection.send(isBinary ? data : data.toString()));
});
let port = 0;
let bystander: WebSocket;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
  bystander = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(bystander, 'open');
});

afterAll(() => {
  bystander.terminate();
  server.close();
});

async function expectBystanderUndisturbed(): Promise<void> {
  bystander.send('still there');
  const [data] = await once(bystander, 'message');
  expect(String(data)).toBe('still there');
}

const handshake =
  'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Sends these bytes on a fresh TCP connection; returns all that comes until the server ends it. */
async function talk(bytes: string | Buffer): Promise<Buffer> {
  const socket: Socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The same behind a handshake; returns the frames that came. */
async function talkFrames(...frames: Buffer[]) {
  const answer = await talk(Buffer.concat([Buffer.from(handshake), ...frames]));
  const end = answer.indexOf('\r\n\r\n') + 4;
  expect(answer.subarray(0, end).toString()).toMatch(/^HTTP\/1\.1 101 /);
  const came = [];
  for (let rest = answer.subarray(end); rest.length > 0; ) {
    const decoded = decodeFrame(rest);
    if (!decoded) throw new Error('Not a whole frame');
    came.push(decoded.frame);
    rest = rest.subarray(decoded.bytesRead);
  }
  return came;
}

const maskingKey = Buffer.from('37fa213d', 'hex');

function frame(opcode: number, payload: string | Buffer = '', fin = true): Buffer {
  return encodeFrame({ opcode, payload: Buffer.from(payload), fin, maskingKey });
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('frames that break a rule get its code, and the end of TCP', () => {
  test.each<[what: string, code: number, ...frames: Buffer[]]>([
    ['not masked', 1002, hex('81 05 48656c6c6f')],
    ['RSV1 with no extension', 1002, hex('c1 80 00000000')],
    ['RSV2', 1002, hex('a1 80 00000000')],
    ['a reserved data opcode', 1002, hex('83 80 00000000')],
    ['a reserved control opcode', 1002, hex('8b 80 00000000')],
    ['a fragmented ping', 1002, hex('09 80 00000000')],
    ['a ping of 126 bytes', 1002, hex('89 fe 007e 00000000'), Buffer.alloc(126)],
    ['a 16-bit length that fits 7 bits', 1002, hex('82 fe 0001 00000000 00')],
    ['a 64-bit length that fits 16 bits', 1002, hex('82 ff 0000000000000001 00000000 00')],
    ['a 64-bit length with its top bit set', 1002, hex('82 ff 8000000000000001 00000000')],
    ['a continuation of nothing', 1002, frame(Opcode.Continuation)],
    ['a message in a message', 1002, frame(Opcode.Text, 'a', false), frame(Opcode.Text, 'b')],
    ['half a close code', 1002, frame(Opcode.Close, hex('03'))],
    ['close code 1005', 1002, frame(Opcode.Close, hex('03ed'))],
    ['close code 1006', 1002, frame(Opcode.Close, hex('03ee'))],
    ['close code 2999', 1002, frame(Opcode.Close, hex('0bb7'))],
    ['a close reason that is not UTF-8', 1007, frame(Opcode.Close, hex('03e8 ff'))],
    ['text that is not UTF-8', 1007, frame(Opcode.Text, hex('ff'))],
    [
      'a surrogate cut by fragments',
      1007,
      frame(Opcode.Text, hex('ed'), false),
      frame(Opcode.Continuation, hex('a0'), false),
    ],
    ['a frame over its limit, only announced', 1009, hex('82 fe 03e9 00000000')],
    ['a claim of 2^53 bytes', 1009, hex('82 ff 0020000000000000 00000000')],
    [
      'a message over its limit',
      1009,
      frame(Opcode.Binary, Buffer.alloc(1000), false),
      frame(Opcode.Continuation, Buffer.alloc(501), false),
    ],
    [
      'too many fragments',
      1009,
      frame(Opcode.Binary, '', false),
      ...Array<Buffer>(4).fill(frame(Opcode.Continuation, '', false)),
    ],
  ])('%s: %i', async (_what, code, ...frames) => {
    const came = await talkFrames(frame(Opcode.Text, 'good'), ...frames, frame(Opcode.Text, 'never read'));
    expect(came.map(({ opcode, payload }) => [opcode, payload.subarray(0, 4).toString('hex')])).toEqual([
      [Opcode.Text, Buffer.from('good').toString('hex')],
      [Opcode.Close, Buffer.of(code >> 8, code & 0xff).toString('hex')],
    ]);
    await expectBystanderUndisturbed();
  });
});

describe('upgrades that break a rule get an HTTP answer, and the end of TCP', () => {
  test.each([
    ['a key that is none', handshake.replace('dGhlIHNhbXBsZSBub25jZQ==', 'short'), 400],
    ['another version', handshake.replace('Version: 13', 'Version: 8'), 426],
    ['POST', handshake.replace('GET', 'POST'), 405],
    ['no key', handshake.replace(/Sec-WebSocket-Key.*\r\n/, ''), 400],
    ['no HTTP at all', 'this is not HTTP\r\n\r\n', 400],
  ])('%s', async (_what, request, status) => {
    expect((await talk(request)).toString()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    await expectBystanderUndisturbed();
  });
});

test('clients that vanish leave the server alive', async () => {
  const starts = [
    handshake.slice(0, 40),
    handshake,
    Buffer.concat([Buffer.from(handshake), frame(Opcode.Text, 'half a frame').subarray(0, 9)]),
    Buffer.concat([Buffer.from(handshake), frame(Opcode.Text, 'half a message', false)]),
  ];
  for (const start of starts) {
    for (const leave of ['resetAndDestroy', 'end', 'destroy'] as const) {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      socket.write(start);
      if (start.length > handshake.length) await once(socket, 'data');
      socket[leave]();
      if (leave === 'end') socket.resume();
      await once(socket, 'close');
    }
  }
  await expectBystanderUndisturbed();
});

test('a client that floods pings and never reads does not grow the server', async () => {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  socket.pause();
  socket.write(handshake);
  const pings = Buffer.concat(Array<Buffer>(5000).fill(frame(Opcode.Ping, Buffer.alloc(125))));
  const before = process.memoryUsage().rss;
  for (let sent = 0; sent < 30; sent++) {
    if (!socket.write(pings)) await once(socket, 'drain');
    await expectBystanderUndisturbed();
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  socket.resetAndDestroy();
  await expectBystanderUndisturbed();
});
