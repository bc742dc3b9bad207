import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startChat } from './chat-support.ts';

/** How the chat answers a page of `http://<host>` whose name leads to it: the browser sends both headers alike. */
async function connectAs(host: string): Promise<number> {
  const { port } = await startChat('labs');
  const name = host.replace('PORT', String(port));
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, 'chat.v1', {
    origin: `http://${name}`,
    headers: { Host: name },
  });
  const answered = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(
      ([, response]) => (response as { statusCode: number }).statusCode,
    ),
  ]);
  socket.on('error', () => {}).terminate();
  return answered;
}

test.each(['localhost:PORT', '127.0.0.1:PORT', '[::1]:PORT', 'chat.localhost:PORT', '192.168.1.7'])(
  'its own page, at http://%s, may use the chat',
  async (host) => expect(await connectAs(host)).toBe(101),
);

test.each([
  'evil.example:PORT',
  'evil.example',
  'localhost.evil.example:PORT',
  '127.0.0.1.evil.example:PORT',
])('a page at http://%s, a name that was led here, may not', async (host) =>
  expect(await connectAs(host)).toBe(403),
);
