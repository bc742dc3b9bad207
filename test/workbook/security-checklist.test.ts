/**
 * Attacks from the security checklist that no check of a lab carries out: on our client, on memory, on what reads
 * text, and on the logs. Those on a running server are in test/e2e/attacks.test.ts.
 */

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { deflateRawSync, constants as zlib } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { acceptKey, answerUpgrade, headerValues } from '#labs/01-handshake';
import { HandshakeError } from '#labs/02-client-handshake';
import { encodeFrame, Opcode } from '#labs/03-frames';
import { encodeClosePayload } from '#labs/05-messages';
import type { Connection } from '#labs/06-connection';
import { acceptOffer, Deflater } from '#labs/07-compression';
import { parseClientMessage, Refusal } from '#labs/10-protocol';
import { clientAddress } from '#labs/16-limits';
import { createLogger } from '#labs/19-monitoring';
import { chatCompression } from '../../workbook/chat/engine.ts';
import { connect } from '../../workbook/websocket.ts';
import { getTicket, signIn, startChat, TestClient } from './chat-support.ts';

describe('13: no memory that was used before gets into a frame', () => {
  const secret = 'the secret of somebody else';

  /** Fills the pool that small buffers are cut from, again and again. */
  function poison(): void {
    for (let n = 0; n < 1_000; n++) Buffer.allocUnsafe(64).fill(secret);
  }

  test('a frame is its header and its payload, of every length class, masked or not', () => {
    for (const length of [0, 1, 125, 126, 4_000, 65_535, 65_536]) {
      for (const maskingKey of [undefined, Buffer.alloc(4)]) {
        poison();
        const frame = encodeFrame({ opcode: Opcode.Binary, payload: Buffer.alloc(length), maskingKey });
        expect(frame.includes(secret.slice(0, 4))).toBe(false);
        expect(frame.subarray(-length || frame.length).equals(Buffer.alloc(length))).toBe(true);
      }
    }
  });

  test('a close reason is text; anything else is refused, or is not longer than it is', () => {
    for (const reason of [new Float32Array(20), new Uint16Array(20), { length: 80 }, 80]) {
      poison();
      let payload: Buffer = Buffer.alloc(0);
      try {
        payload = encodeClosePayload(1000, reason as unknown as string);
      } catch {
        continue;
      }
      expect(payload.includes(secret.slice(0, 4))).toBe(false);
    }
  });
});

describe('15: a header that is made to be slow to read is not', () => {
  /** As long as a request may be, and more. */
  const spaces = ' '.repeat(60_000);

  test.each<[what: string, read: () => unknown]>([
    ['a list', () => headerValues([['Connection', `a${spaces}b,${spaces}`]], 'connection')],
    [
      'a list of subprotocols',
      () =>
        answerUpgrade(
          {
            method: 'GET',
            httpVersion: '1.1',
            headers: [
              ['Host', 'chat.example'],
              ['Upgrade', 'websocket'],
              ['Connection', 'Upgrade'],
              ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
              ['Sec-WebSocket-Version', '13'],
              ['Sec-WebSocket-Protocol', `a${spaces}b`],
            ],
          },
          { protocols: ['chat.v1'] },
        ),
    ],
    ['a string with no end', () => tryTo(() => acceptOffer(`a; b="${'\\c'.repeat(30_000)}`, {}))],
    ['quotes and spaces', () => tryTo(() => acceptOffer(`a;${spaces}b${spaces}=${spaces}"${spaces}`, {}))],
    ['many parameters', () => tryTo(() => acceptOffer('permessage-deflate; a=1;'.repeat(3_000), {}))],
    ['addresses', () => clientAddress('10.0.0.1', `[${spaces}]${spaces}:1,`.repeat(3), ['10.0.0.1'])],
    ['brackets', () => clientAddress('10.0.0.1', `[${'[:'.repeat(30_000)}`, ['10.0.0.1'])],
  ])('%s', (_what, read) => {
    const startedAt = performance.now();
    read();
    // What is quadratic takes seconds, what is worse takes years.
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test('the answer of a server', async () => {
    for (const line of [
      `A:${' '.repeat(15_000)}\n`,
      `A:x${' '.repeat(15_000)}y`,
      `${'A'.repeat(15_000)}\t`,
    ]) {
      const url = await hostile((socket) =>
        socket.end(`HTTP/1.1 101 Switching Protocols\r\n${line}\r\n\r\n`),
      );
      const startedAt = performance.now();
      await expect(connect(url)).rejects.toThrow();
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
  });
});

describe('17: what reads messages takes nothing on trust', () => {
  const read = (text: string) => parseClientMessage(Buffer.from(text), false);

  test('a message cannot bring a prototype, or replace what all objects have', () => {
    const message = read('{"type":"ping","__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}');
    expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
    expect('isAdmin' in message).toBe(false);
    expect(Object.keys(message)).toEqual(['type']);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test.each([
    ['nested as deep as a message is long', '['.repeat(32_000)],
    ['the same, closed again', `${'['.repeat(16_000)}${']'.repeat(16_000)}`],
    ['a number for an object', '{"type":"chat","id":7,"room":{"length":3},"content":["a"]}'],
    ['a type that every object has', '{"type":"__proto__"}'],
    ['a type that every object has, again', '{"type":"constructor"}'],
  ])('%s is a refusal, and no other error', (_what, text) => {
    expect(() => read(text)).toThrow(Refusal);
  });
});

describe('18: our client survives a server that attacks it', () => {
  test.each<[what: string, code: number, bytes: Buffer]>([
    ['a 64-bit length with its top bit set', 1002, Buffer.from('827fffffffffffffffff', 'hex')],
    ['a length beyond what a number holds', 1009, Buffer.from('827f0020000000000000', 'hex')],
    ['a terabyte, announced', 1009, Buffer.from('827f0000010000000000', 'hex')],
    ['a masked frame', 1002, Buffer.from('8181000000002a', 'hex')],
    ['fragments without end', 1009, Buffer.from(`0100${'0000'.repeat(2_000)}`, 'hex')],
    ['a close code that may not travel', 1002, Buffer.from('880203ed', 'hex')],
    ['a compressed frame that was not agreed on', 1002, Buffer.from('c1072a', 'hex')],
  ])('%s ends the connection with %i', async (_what, code, bytes) => {
    const connection = await connect(await hostileAfterHandshake([], bytes));
    expect(await closeSentBy(connection)).toBe(code);
  });

  test('a bomb of 64 MiB ends the connection with 1009, and is not inflated', async () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1_048_576), { finishFlush: zlib.Z_SYNC_FLUSH });
    const payload = bomb.subarray(0, -4);
    const frame = encodeFrame({ opcode: Opcode.Text, payload, rsv1: true });
    const url = await hostileAfterHandshake(['Sec-WebSocket-Extensions: permessage-deflate'], frame);
    const before = process.memoryUsage.rss();
    const connection = await connect(url, { compression: {} });
    expect(await closeSentBy(connection)).toBe(1009);
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 1_048_576);
  });

  test.each(['7', '16', '99999', '', 'x', '"', '-1'])(
    'a window of %j bits is refused in the handshake',
    async (bits) => {
      const answer = `Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=${bits}`;
      const connecting = connect(await hostileAfterHandshake([answer]), { compression: {} });
      await expect(connecting).rejects.toThrow(HandshakeError);
    },
  );

  test('an answer without end is not read for ever', async () => {
    const url = await hostile((socket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${'a: b\r\n'.repeat(100_000)}`);
    });
    await expect(connect(url)).rejects.toThrow();
  });
});

describe('20: a secret beside text of an attacker', () => {
  const page = (guess: string) => `{"session":"7fQ2mZ81","search":"session\\":\\"${guess}"}`;
  const length = (deflater: Deflater, text: string) => deflater.deflate(Buffer.from(text))?.length;

  test('in one compressed message, the length tells a right guess from a wrong one', () => {
    const one = () => new Deflater({ windowBits: 15, noContextTakeover: true });
    expect(length(one(), page('7fQ2mZ81'))).toBeLessThan(Number(length(one(), page('Xk3vB09p'))));
  });

  test('in two messages it tells with a window that is kept, and not as the chat compresses', () => {
    const guessed = (noContextTakeover: boolean, guess: string) => {
      const deflater = new Deflater({ windowBits: 15, noContextTakeover });
      length(deflater, `{"session":"7fQ2mZ81","more":"${'more '.repeat(40)}"}`);
      return length(deflater, `{"search":"${guess}","more":"${'more '.repeat(40)}"}`);
    };
    // The same characters in another order: only what was found in the window differs.
    const [right, wrong] = ['7fQ2mZ81', '18Zm2Qf7'];
    expect(guessed(false, right)).toBeLessThan(Number(guessed(false, wrong)));
    expect(chatCompression.serverNoContextTakeover).toBe(true);
    expect(guessed(true, right)).toBe(guessed(true, wrong));
  });
});

describe('24: what must not be in a log', () => {
  test('a whole visit leaves no ticket, session or message in it, nor what was sent in the URL', async () => {
    let written = '';
    const log = createLogger({ level: 'trace', destination: { write: (line: string) => (written += line) } });
    const { host } = await startChat('labs', { log });
    const { session, user } = await signIn(host, 'Ada');
    const ticket = await getTicket(host, session);
    const client = new TestClient(host);
    await new Promise((resolve) => client.socket.once('open', resolve));
    client.send({ type: 'auth', ticket });
    await client.next('welcome');
    await client.enter('lobby');
    client.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'for the lobby only' });
    await client.next('ack');
    client.send({ type: 'direct', id: 'm2', to: user.id, content: 'for Ada only' });
    await client.next('ack');
    client.send({ type: 'auth', ticket: 'a stolen ticket' });
    await client.next('error');
    await fetch(`http://${host}/nothing?ticket=in-the-url`, {
      headers: { Authorization: 'Bearer in-a-header' },
    });
    client.socket.close();
    await client.closed;
    expect(written, 'the log has lines').toContain('\n');
    for (const private_ of [
      ticket,
      session,
      'lobby only',
      'Ada only',
      'stolen',
      'in-the-url',
      'in-a-header',
    ]) {
      expect(written).not.toContain(private_);
    }
  });
});

function tryTo(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

/** A server that answers the first bytes of each connection as it likes; its URL. */
async function hostile(answer: (socket: Socket, request: string) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (request) => answer(socket, request.toString('latin1')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** One whose handshake is right but for these headers, and that sends these bytes after it. */
function hostileAfterHandshake(headers: string[], bytes: Buffer = Buffer.alloc(0)): Promise<string> {
  return hostile((socket, request) => {
    const key = /^Sec-WebSocket-Key: (.*)$/im.exec(request)?.[1] ?? '';
    const head = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${acceptKey(key)}`,
      ...headers,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.write(bytes);
  });
}

/** The code with which the client failed the connection. */
async function closeSentBy(connection: Connection): Promise<number | undefined> {
  connection.on('message', () => {});
  return await new Promise((resolve) => {
    let code: number | undefined;
    connection.on('error', (error) => {
      code = (error as Error & { closeCode?: number }).closeCode;
    });
    connection.on('close', () => resolve(code));
    // The server does not end TCP by itself.
    setImmediate(function end() {
      if (code === undefined) setImmediate(end);
      else connection.terminate();
    });
  });
}
