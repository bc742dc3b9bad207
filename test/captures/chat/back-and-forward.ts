import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';

/** Tells its server what happens to it, one event after the other, and goes to another page once it is open. */
const page = `<!doctype html><title>a page</title><script>
  let last = Promise.resolve();
  const tell = (event) => { last = last.then(() => fetch('/events', { method: 'POST', body: event })); };
  addEventListener('pageshow', ({ persisted }) => tell('pageshow, persisted ' + persisted));
  const socket = new WebSocket('ws://' + location.host);
  socket.onopen = () => { tell('open'); setTimeout(() => { location.href = '/other'; }, 1000); };
  socket.onerror = () => tell('error');
  socket.onclose = ({ code, wasClean }) => tell('close ' + code + ', wasClean ' + wasClean);
</script>`;
const otherPage = `<!doctype html><title>another page</title><script>
  addEventListener('pageshow', () => setTimeout(() => { history.back(); }, 2000));
</script>`;

/** What a page with an open WebSocket and its server see when a person goes to another page and back. */
export async function backAndForward(): Promise<string> {
  const seen: string[] = [];
  let onClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve;
  });
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const event = await text(request);
      seen.push(event);
      if (event.startsWith('close')) onClosed();
    }
    response.setHeader('Content-Type', 'text/html');
    response.end(request.url === '/other' ? otherPage : page);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new WebSocketServer({ server });
  const connected = once(sockets, 'connection');
  const browser = openBrowser(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const [socket] = await connected;
  const [[code]] = await Promise.all([once(socket, 'close'), closed]);
  await browser.close();
  sockets.close();
  server.close();
  server.closeAllConnections();
  return [...seen.map((event) => `page    ${event}`), `server  close ${code}`, ''].join('\n');
}

/** A browser that nobody debugs: a debugger has a say in what the back/forward cache keeps. */
function openBrowser(url: string): { close(): Promise<void> } {
  const profile = mkdtempSync(join(tmpdir(), 'websocket-101-'));
  const browser = spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
    `--user-data-dir=${profile}`,
    url,
  ]);
  return {
    async close() {
      const exit = once(browser, 'exit');
      browser.kill();
      await exit;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
