import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { acceptUpgrade } from '../../workbook/websocket.ts';
import { type Benchmark, type Cell, cpuTime, median } from './benchmark.ts';
import type { LoadReport, LoadRequest } from './echo-load.ts';

const connections = 100;
const rounds = 5;
/** Messages of one round. */
const roundLength = 160_000;

const rows: Record<string, Pick<LoadRequest, 'inFlight' | 'payloadLength'>> = {
  '1 in flight, 16 B': { inFlight: 1, payloadLength: 16 },
  '16 in flight, 16 B': { inFlight: 16, payloadLength: 16 },
  '16 in flight, 125 B': { inFlight: 16, payloadLength: 125 },
};

/** Each column answers an upgrade and echoes from then on. */
type Column = { env?: Record<string, string>; accept: Accept };
type Accept = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const columns: Record<string, Column> = {
  'websocket-101': { accept: acceptOurs },
  'ws + bufferutil': { accept: acceptByWs() },
  ws: { env: { WS_NO_BUFFER_UTIL: '1' }, accept: acceptByWs() },
  'bare socket': { accept: acceptBare },
};

export const echo: Benchmark = {
  name: 'echo',
  about: `CPU time of the server a message: binary messages echoed on ${connections} connections over loopback`,
  unit: 'ns of CPU a message',
  subject: 'websocket-101',
  cells: Object.keys(rows).flatMap((row) =>
    Object.entries(columns).map(([column, { env }]): Cell => ({ row, column, env })),
  ),
  async measure({ row, column }) {
    const server = createServer();
    server.on('upgrade', columns[column].accept);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const load = fork(join(import.meta.dirname, 'echo-load.ts'));
    const run = async (messages: number) => {
      const start = cpuTime();
      const unmasks = column !== 'bare socket';
      load.send({ port, connections, messages, unmasks, ...rows[row] } satisfies LoadRequest);
      const [report] = (await once(load, 'message')) as [LoadReport];
      return (cpuTime() - start) / report.messages;
    };
    await run(roundLength);
    const costs: number[] = [];
    for (let round = 0; round < rounds; round++) costs.push(await run(roundLength));
    load.disconnect();
    return median(costs);
  },
};

function acceptOurs(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const connection = acceptUpgrade(request, socket, head);
  connection?.on('message', (data) => connection.send(data));
}

function acceptByWs(): Accept {
  const server = new WebSocketServer({ noServer: true });
  return (request, socket, head) =>
    server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('message', (data) => webSocket.send(data));
    });
}

/** The least an echo over TCP can cost: the bytes go back as they came, no frame is looked at. */
function acceptBare(_request: IncomingMessage, socket: Duplex): void {
  socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  socket.on('data', (chunk) => socket.write(chunk));
}
