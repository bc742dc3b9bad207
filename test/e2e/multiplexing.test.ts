import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';

/** `npm run chat` with these flags on a free port; the port, once it listens. */
async function startChat(...flags: string[]): Promise<number> {
  const args = [join(workbookRoot, 'workbook/run.mjs'), 'chat', '--port', '0', '--mine', 'none', ...flags];
  const chat: ChildProcess = spawn(process.execPath, args, { cwd: workbookRoot });
  onTestFinished(async () => {
    chat.kill('SIGTERM');
    if (chat.exitCode === null && chat.signalCode === null) await once(chat, 'exit');
  });
  let output = '';
  for (const stream of [chat.stdout, chat.stderr]) stream?.on('data', (text) => (output += text));
  for (;;) {
    const [, port] = /Chat: https:\/\/localhost:(\d+)/.exec(output) ?? [];
    if (port) return Number(port);
    if (chat.exitCode !== null) throw new Error(`The chat ended: ${output}`);
    await Promise.race([
      ...[chat.stdout, chat.stderr].map((stream) => stream && once(stream, 'data')),
      once(chat, 'exit'),
    ]);
  }
}

/** What the server would count: a relay of TCP in front of it, which cannot look inside TLS. */
async function countConnections(port: number): Promise<{ port: number; count(): number }> {
  let count = 0;
  const relay = createServer((client) => {
    count++;
    const server = connect(port, '127.0.0.1');
    client.pipe(server).pipe(client);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ]) {
      socket.on('error', () => {}).on('close', () => other.destroy());
    }
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  onTestFinished(() => void relay.close());
  return { port: (relay.address() as AddressInfo).port, count: () => count };
}

describe.skipIf(noBrowser)('Chromium and the chat over TLS', () => {
  let browser: Browser;

  beforeAll(async () => {
    // Told by a switch: else Chromium drops the first connection for its certificate, and makes another.
    browser = await startBrowser(['--ignore-certificate-errors']);
  });
  afterAll(() => browser.close());

  /** Signs in on the page of the chat; whatever goes wrong in it fails the test. */
  async function openPage(port: number): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    onTestFinished(async () => {
      await context.close();
      expect(problems).toEqual([]);
    });
    await page.goto(`https://localhost:${port}/`);
    await page.getByLabel('Name').fill('Ada');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Connected').waitFor();
    return page;
  }

  /** Opens five more WebSockets in the page, each of which gets an answer. */
  const fiveAnswers = `Promise.all([1, 2, 3, 4, 5].map(() => new Promise((resolve, reject) => {
    const socket = new WebSocket('wss://' + location.host + '/chat', 'chat.v1');
    socket.onopen = () => socket.send('{}');
    socket.onmessage = ({ data }) => resolve(JSON.parse(data).type);
    socket.onerror = () => reject(new Error('a WebSocket did not open'));
  })))`;
  const answers = Array.from({ length: 5 }, () => 'error');

  test('--http2 --tls: the page and six WebSockets on one TCP connection', async () => {
    const relay = await countConnections(await startChat('--http2', '--tls'));
    const page = await openPage(relay.port);
    expect(await page.evaluate(fiveAnswers)).toEqual(answers);
    await page.getByLabel('Message', { exact: true }).fill('over HTTP/2');
    await page.keyboard.press('Enter');
    await page.locator('[data-mark=sent]', { hasText: 'over HTTP/2' }).waitFor();
    const protocol = `performance.getEntriesByType('navigation')[0].nextHopProtocol`;
    expect(await page.evaluate(protocol)).toBe('h2');
    const metrics = await page.evaluate(`fetch('/metrics').then((response) => response.text())`);
    expect(metrics).toMatch(/^chat_connections 6$/m);
    expect(relay.count(), 'TCP connections').toBe(1);
  });

  test('--tls alone: a TCP connection for each WebSocket', async () => {
    const relay = await countConnections(await startChat('--tls'));
    const page = await openPage(relay.port);
    expect(await page.evaluate(fiveAnswers)).toEqual(answers);
    expect(relay.count(), 'TCP connections').toBeGreaterThanOrEqual(6);
  });
});
