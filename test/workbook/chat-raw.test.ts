import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { signIn, startChat, TestClient } from './chat-support.ts';

const goodUpgrade = [
  'GET /chat HTTP/1.1',
  'Host: example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
];

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** All that comes until the server ends the connection, as Latin-1 text: a byte a character. */
async function untilEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  await once(socket, 'close');
  return text;
}

const request = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const without = (name: string) => goodUpgrade.filter((line) => !line.startsWith(name));

describe.each(['labs', 'ws'] as const)('raw sockets against --engine %s', (engine) => {
  test.each([
    ['no key', /^HTTP\/1\.1 400 /, request(...without('Sec-WebSocket-Key'))],
    [
      'a key of 3 bytes',
      /^HTTP\/1\.1 400 /,
      request(...without('Sec-WebSocket-Key'), 'Sec-WebSocket-Key: AAAA'),
    ],
    ['version 8', /^HTTP\/1\.1 4\d\d /, request(...without('Sec-WebSocket-V'), 'Sec-WebSocket-Version: 7')],
    ['POST', /^HTTP\/1\.1 4\d\d /, request('POST /chat HTTP/1.1', ...goodUpgrade.slice(1))],
    ['another protocol', /^HTTP\/1\.1 4\d\d /, request(...without('Upgrade'), 'Upgrade: h2c')],
    ['another path', /^HTTP\/1\.1 404 /, request('GET /chats HTTP/1.1', ...goodUpgrade.slice(1))],
    ['a foreign origin', /^HTTP\/1\.1 403 /, request(...goodUpgrade, 'Origin: http://evil.example')],
    ['a sibling origin', /^HTTP\/1\.1 403 /, request(...goodUpgrade, 'Origin: http://a.example.com')],
    [
      'two origins',
      /^HTTP\/1\.1 403 /,
      request(...goodUpgrade, 'Origin: http://example.com', 'Origin: null'),
    ],
    ['no HTTP at all', /^HTTP\/1\.1 400 /, '\x81\x85no http\r\n\r\n'],
  ])('an upgrade with %s is refused, and the socket closed', async (_, status, bytes) => {
    const { port } = await startChat(engine);
    const socket = open(port);
    socket.write(bytes);
    expect(await untilEnd(socket)).toMatch(status);
  });

  test('the origin of the server itself is let in, and so is none', async () => {
    const { host, port } = await startChat(engine, { allowedOrigins: ['http://localhost:5173'] });
    for (const origin of ['http://localhost:5173', `http://${host}`, undefined]) {
      await once(new TestClient(host, { origin }).socket, 'open');
    }
    const socket = open(port);
    socket.write(request(...goodUpgrade));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('latin1')).toMatch(
      /^HTTP\/1\.1 101 .*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/is,
    );
  });

  test.each([
    ['unmasked', '810568656c6c6f', 1002],
    ['with a reserved bit set', 'c18500000000' + '68656c6c6f', 1002],
    ['with a reserved opcode', '838000000000', 1002],
    ['a fragmented ping', '098000000000', 1002],
    ['text that is not UTF-8', '818100000000ff', 1007],
    ['longer than the limit allows', '82ff0000000000100001' + '00000000', 1009],
  ])('a frame %s closes its connection with the code of the RFC', async (_, hex, code) => {
    const { port } = await startChat(engine);
    const socket = open(port);
    socket.write(request(...goodUpgrade));
    await once(socket, 'data');
    socket.write(Buffer.from(hex, 'hex'));
    const bytes = Buffer.from(await untilEnd(socket), 'latin1');
    expect(bytes[0]).toBe(0x88);
    expect(bytes.readUInt16BE(2)).toBe(code);
  });

  test('half a handshake, half a frame and a flood of garbage disturb nobody else', async () => {
    const { host, port } = await startChat(engine);
    const [ada, ben] = [await TestClient.join(host, 'Ada'), await TestClient.join(host, 'Ben')];
    await ada.enter('lobby');
    await ben.enter('lobby');
    open(port).write('GET /chat HTTP/1.1\r\nHost:');
    const half = open(port);
    half.write(request(...goodUpgrade));
    await once(half, 'data');
    half.write(Buffer.from('81fe', 'hex'));
    const garbage = open(port);
    garbage.write(request(...goodUpgrade));
    await once(garbage, 'data');
    garbage.write(Buffer.alloc(200_000, 0xff));
    await untilEnd(garbage);
    const reset = open(port);
    reset.write(request(...goodUpgrade));
    await once(reset, 'data');
    reset.resetAndDestroy();
    ada.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'all well' });
    expect(await ben.next('chat')).toMatchObject({ content: 'all well' });
    half.destroy();
  });

  test('a message in the same packet as the handshake is not lost', async () => {
    const { port } = await startChat(engine);
    const socket = open(port);
    const frame = Buffer.concat([Buffer.from('818f00000000', 'hex'), Buffer.from('{"type":"ping"}')]);
    socket.write(Buffer.concat([Buffer.from(request(...goodUpgrade)), frame]));
    let text = '';
    while (!text.includes('unauthenticated')) text += String((await once(socket, 'data'))[0]);
    expect(text).toMatch(/^HTTP\/1\.1 101 /);
  });

  test('a client that offers another subprotocol gets none, and fails by its own rules', async () => {
    const { host } = await startChat(engine);
    const socket = new WebSocket(`ws://${host}/chat`, 'chat.v9');
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toBe('Server sent no subprotocol');
    await signIn(host, 'still served');
  });
});
