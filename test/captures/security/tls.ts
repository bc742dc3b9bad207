import { once } from 'node:events';
import { WebSocket } from 'ws';
import { startChatServer } from '#labs/20-chat-server';
import { makeCertificate } from '../../../workbook/chat/certificate.ts';
import { loadEngine } from '../../../workbook/chat/engine.ts';
import { startTap } from '../handshake/tap.ts';
import { hex, save } from './print.ts';

/** What somebody on the way sees of the same message: over ws, and over wss. */
export async function recordTls(): Promise<void> {
  const tap = await startTap();
  const lines: string[] = [];
  for (const tls of [undefined, await makeCertificate()]) {
    const server = await startChatServer(0, '127.0.0.1', {
      engine: await loadEngine('labs'),
      page: new Map(),
      tls,
    });
    tap.target = server.address.port;
    const scheme = tls ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://127.0.0.1:${tap.port}/chat`, 'chat.v1', {
      rejectUnauthorized: false,
    });
    await once(socket, 'open');
    const exchange = tap.exchanges[tap.exchanges.length - 1];
    const before = exchange.sent.length;
    socket.send('{"type":"ping"}');
    await once(socket, 'message');
    const sent = exchange.sent.subarray(before);
    lines.push(
      `${scheme.padEnd(3)} → ${hex(sent)}`.replace(/(.{70}) /g, '$1\n      '),
      `      ${sent.length} bytes`,
    );
    socket.terminate();
    await server.close();
  }
  tap.close();
  save('on-the-way.txt', `${lines.join('\n')}\n`);
}
