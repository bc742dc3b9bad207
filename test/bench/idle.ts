import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { acceptUpgrade } from '../../workbook/websocket.ts';
import { type Benchmark, tooFewFiles, usedMemory } from './benchmark.ts';
import type { ReceiversRequest } from './receivers.ts';

/** Each column keeps a connection and reads it; the list keeps what nothing else would. */
type Accept = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
const kept: unknown[] = [];

const columns: Record<string, () => Accept> = {
  'websocket-101': () => (request, socket, head) => {
    kept.push(acceptUpgrade(request, socket, head)?.on('message', () => {}));
  },
  ws: () => {
    const server = new WebSocketServer({ noServer: true, clientTracking: false });
    return (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (webSocket) => {
        kept.push(webSocket.on('message', () => {}));
      });
  },
  'bare socket': () => (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    kept.push(socket.on('data', () => {}));
  },
};

const rows: Record<string, number> = { '2,000 connections': 2_000, '10,000 connections': 10_000 };

export const idle: Benchmark = {
  name: 'idle',
  about: 'memory of the server a connection that rests after its handshake: heap, buffers and what they hold',
  unit: 'bytes a connection',
  subject: 'websocket-101',
  cells: Object.keys(rows).flatMap((row) => Object.keys(columns).map((column) => ({ row, column }))),
  obstacle: () => tooFewFiles(10_200),
  async measure({ row, column }) {
    const server = createServer();
    server.on('upgrade', columns[column]());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const load = fork(join(import.meta.dirname, 'receivers.ts'));
    const open = async (connections: number) => {
      load.send({ port, connections, burstLength: 0 } satisfies ReceiversRequest);
      await once(load, 'message');
    };
    // A few first: what is made once for all does not count.
    await open(50);
    const before = usedMemory();
    await open(50 + rows[row]);
    const bytes = (usedMemory() - before) / rows[row];
    load.disconnect();
    return bytes;
  },
};
