import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

/** Starts a driver by hand, as a conformance suite does: no conditions, so that it must find the solutions. */
function start(driver: string, ...args: string[]): ChildProcess {
  const { NODE_OPTIONS: _none, ...env } = process.env;
  const file = join(import.meta.dirname, driver);
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The driver has no output');
  const [line] = await once(child.stdout, 'data');
  return String(line);
}

test('the echo server sends back text, 16 MiB, and 70,000 fragments', async () => {
  const line = await firstLine(start('echo-server.ts', '--port', '0'));
  const [url] = /ws:\S+/.exec(line) ?? [];
  const client = new WebSocket(url as string, { maxPayload: 32 * 1024 * 1024, perMessageDeflate: false });
  await once(client, 'open');
  const next = async () => (await once(client, 'message')) as [Buffer, boolean];

  client.send('Hello');
  expect(String((await next())[0])).toBe('Hello');

  const large = Buffer.alloc(16 * 1024 * 1024, 'abc');
  client.send(large);
  expect(large.equals((await next())[0])).toBe(true);

  for (let count = 1; count < 70_000; count++) client.send('f', { fin: false });
  client.send('l', { fin: true });
  const [fragmented, isBinary] = await next();
  expect([fragmented.length, isBinary]).toEqual([70_000, false]);

  client.close(4001);
  expect((await once(client, 'close'))[0]).toBe(4001);
});

test('the echo client runs every case of a suite, then has the report written', async () => {
  const suite = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const asked: string[] = [];
  const echoed: [number, boolean][] = [];
  suite.on('connection', (socket, { url = '' }) => {
    asked.push(url);
    if (url === '/getCaseCount') {
      socket.send('2');
      socket.close();
    } else if (url.startsWith('/runCase')) {
      socket.on('message', (data: Buffer, isBinary) => {
        echoed.push([data.length, isBinary]);
        socket.close();
      });
      socket.send(url.includes('case=1&') ? 'text' : Buffer.alloc(16 * 1024 * 1024));
    } else {
      socket.close();
    }
  });
  await once(suite, 'listening');
  const url = `ws://127.0.0.1:${(suite.address() as AddressInfo).port}`;
  const client = start('echo-client.ts', '--url', url, '--agent', 'an agent');
  const [code] = await once(client, 'exit');
  suite.close();
  expect(code).toBe(0);
  expect(asked).toEqual([
    '/getCaseCount',
    '/runCase?case=1&agent=an%20agent',
    '/runCase?case=2&agent=an%20agent',
    '/updateReports?agent=an%20agent',
  ]);
  expect(echoed).toEqual([
    [4, false],
    [16 * 1024 * 1024, true],
  ]);
});
