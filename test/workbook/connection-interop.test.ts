import { type EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Connection } from '#labs/06-connection';
import { acceptUpgrade, connect } from '../../workbook/websocket.ts';

/** One end of a WebSocket, ours or that of `ws`, as far as both are the same. */
interface End extends EventEmitter {
  send(data: string | Uint8Array): void;
  ping(payload: Uint8Array): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
}

interface Pair {
  ours: End;
  theirs: WebSocket;
}

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function ourServerTheirClient(): Promise<Pair> {
  const server = createServer();
  const url = await listen(server);
  const theirs = new WebSocket(url, 'chat.v1');
  cleanUps.push(() => {
    theirs.terminate();
    server.close();
  });
  const [request, socket, head] = await once(server, 'upgrade');
  const ours = acceptUpgrade(request, socket, head, { protocols: ['chat.v1'] });
  if (!ours) throw new Error('The upgrade was refused');
  await once(theirs, 'open');
  expect([theirs.protocol, ours.protocol]).toEqual(['chat.v1', 'chat.v1']);
  return { ours: asEnd(ours), theirs };
}

async function theirServerOurClient(): Promise<Pair> {
  const server = createServer();
  const webSockets = new WebSocketServer({ server });
  const url = await listen(server);
  const connected = once(webSockets, 'connection');
  const ours = await connect(url, { protocols: ['chat.v1'] });
  const [theirs] = (await connected) as [WebSocket];
  cleanUps.push(() => {
    theirs.terminate();
    server.close();
  });
  expect([theirs.protocol, ours.protocol]).toEqual(['chat.v1', 'chat.v1']);
  return { ours: asEnd(ours), theirs };
}

/** The same methods and events; only the types of the two libraries differ. */
function asEnd(end: Connection | WebSocket): End {
  return end as unknown as End;
}

async function nextMessage(end: EventEmitter): Promise<{ data: Buffer; isBinary: boolean }> {
  const [data, isBinary] = await once(end, 'message');
  return { data, isBinary };
}

describe.each([
  ['our server, a client of ws', ourServerTheirClient],
  ['a server of ws, our client', theirServerOurClient],
])('%s', (_name, open) => {
  test('text and bytes of every length class travel both ways', async () => {
    const { ours, theirs } = await open();
    for (const [from, to] of [
      [ours, theirs],
      [theirs, ours],
    ]) {
      for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 1024 * 1024]) {
        const bytes = Buffer.alloc(length, 'bytes of a pattern ');
        from.send(bytes);
        const binary = await nextMessage(to);
        expect([binary.data.equals(bytes), binary.isBinary], `${length} bytes`).toEqual([true, true]);
        const string = 'é'.repeat(length / 2);
        from.send(string);
        const text = await nextMessage(to);
        expect([text.data.toString() === string, text.isBinary], `${length} bytes of text`).toEqual([
          true,
          false,
        ]);
      }
    }
  });

  test('a thousand messages in one turn arrive in order', async () => {
    const { ours, theirs } = await open();
    for (const [from, to] of [
      [ours, theirs],
      [theirs, ours],
    ]) {
      const texts = Array.from({ length: 1000 }, (_, index) => `message ${index}`);
      const came: string[] = [];
      const all = new Promise<void>((resolve) => {
        to.on('message', (data: Buffer) => came.push(data.toString()) === texts.length && resolve());
      });
      for (const text of texts) from.send(text);
      await all;
      expect(came).toEqual(texts);
    }
  });

  test('fragments become one message', async () => {
    const { ours, theirs } = await open();
    theirs.send('a char', { fin: false });
    theirs.send(Buffer.from('acter cut: €').subarray(0, -1), { fin: false, binary: false });
    theirs.ping('between');
    theirs.send(Buffer.from('€').subarray(2), { fin: true });
    const { data, isBinary } = await nextMessage(ours);
    expect([data.toString(), isBinary]).toEqual(['a character cut: €', false]);
  });

  test('a ping is answered with its payload', async () => {
    const { ours, theirs } = await open();
    ours.ping(Buffer.from('from us'));
    theirs.ping('from them');
    const pongs = await Promise.all([once(ours, 'pong'), once(theirs, 'pong')]);
    expect(pongs.map(String)).toEqual(['from us', 'from them']);
  });

  test.each([
    [undefined, '', 1005],
    [1000, '', 1000],
    [1001, 'gone', 1001],
    [1013, 'later', 1013],
    [4999, 'é', 4999],
  ])('close(%s, "%s") is told at the other end', async (code, reason, told) => {
    for (const closer of ['ours', 'theirs'] as const) {
      const { ours, theirs } = await open();
      const closed = Promise.all([once(ours, 'close'), once(theirs, 'close')]);
      (closer === 'ours' ? ours : theirs).close(code, reason);
      const [toUs, toThem] = await closed;
      const [toCloser, toOther] = closer === 'ours' ? [toUs, toThem] : [toThem, toUs];
      expect([toOther[0], String(toOther[1])]).toEqual([told, reason]);
      expect(toCloser[0]).toBe(told);
    }
  });

  test('an abrupt end is 1006 at both', async () => {
    for (const ender of ['ours', 'theirs'] as const) {
      const { ours, theirs } = await open();
      const closed = Promise.all([once(ours, 'close'), once(theirs, 'close')]);
      (ender === 'ours' ? ours : theirs).terminate();
      const codes = (await closed).map(([code]) => code);
      expect(codes).toEqual([1006, 1006]);
    }
  });

  test('a slow reader makes bufferedAmount grow, and drain tells when it is gone', async () => {
    const { ours, theirs } = await open();
    const connection = ours as unknown as Connection;
    theirs.pause();
    const payload = Buffer.alloc(256 * 1024, 'x');
    let sent = 0;
    // More than the kernel buffers of both ends hold.
    while (connection.bufferedAmount < 8 * 1024 * 1024) {
      connection.send(payload);
      sent++;
    }
    const drained = once(connection, 'drain');
    const all = new Promise<void>((resolve) => {
      let came = 0;
      theirs.on('message', () => ++came === sent && resolve());
    });
    theirs.resume();
    await Promise.all([drained, all]);
    expect(connection.bufferedAmount).toBe(0);
  });
});
