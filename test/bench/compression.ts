import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { acceptUpgrade, type CompressionOptions } from '../../workbook/websocket.ts';
import { bufferBytes } from '../support/memory.ts';
import { type Benchmark, type Cell, cpuTime, median } from './benchmark.ts';
import type { CompressionLoad } from './compression-load.ts';

/** What a server agrees to. Every message is compressed, whatever its length. */
const agreements: Record<string, CompressionOptions | undefined> = {
  takeover: { threshold: 0 },
  'no takeover': { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
  off: undefined,
};

/** Answers upgrades, and echoes from then on. */
type Accept = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const columns: Record<string, (compression: CompressionOptions | undefined) => Accept> = {
  'websocket-101': (compression) => (request, socket, head) => {
    const connection = acceptUpgrade(request, socket, head, { compression });
    connection?.on('message', (data) => connection.send(data.toString()));
  },
  ws: (compression) => {
    const server = new WebSocketServer({ noServer: true, perMessageDeflate: compression ?? false });
    return (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('message', (data) => webSocket.send(String(data)));
      });
  },
};

const cellsOf = (rows: readonly string[]): Cell[] =>
  rows.flatMap((row) => Object.keys(columns).map((column) => ({ row, column })));

/** A server, and what makes its load: `run` comes back when the load is done. */
async function serve(
  column: string,
  agreement: string,
): Promise<{ run(load: Omit<CompressionLoad, 'port' | 'compressed'>): Promise<void> }> {
  const compression = agreements[agreement];
  const server = createServer();
  server.on('upgrade', columns[column](compression));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const child = fork(join(import.meta.dirname, 'compression-load.ts'));
  return {
    async run(load) {
      child.send({ ...load, port, compressed: compression !== undefined } satisfies CompressionLoad);
      await once(child, 'message');
    },
  };
}

const lengths: Record<string, number> = { '1 KiB': 1024, '16 KiB': 16 * 1024 };
const echoRows = Object.keys(agreements).flatMap((agreement) =>
  Object.keys(lengths).map((length) => `${agreement}, ${length}`),
);
const [connections, inFlight] = [20, 16];
const measuredRounds = 5;
/** Bytes of messages in one round, before compression. */
const roundLength = 8 * 1024 * 1024;

export const compression: Benchmark = {
  name: 'compression',
  about: `CPU time of the server a message, all threads: JSON of a chat echoed on ${connections} connections, ${inFlight} in flight`,
  unit: 'ns of CPU a message',
  subject: 'websocket-101',
  cells: cellsOf(echoRows),
  async measure({ row, column }) {
    const [agreement, label] = row.split(', ');
    const length = lengths[label];
    const rounds = Math.ceil(roundLength / length / connections / inFlight);
    const { run } = await serve(column, agreement);
    const costs: number[] = [];
    for (let round = 0; round <= measuredRounds; round++) {
      const start = cpuTime();
      await run({ connections, inFlight, rounds, length });
      costs.push((cpuTime() - start) / (rounds * connections * inFlight));
    }
    // The first is for warming up.
    return median(costs.slice(1));
  },
};

/** What of the process is counted, in bytes. */
const counted: Record<string, () => number> = {
  'resident set': () => process.memoryUsage().rss,
  'heap and external': () => process.memoryUsage().heapUsed + process.memoryUsage().external,
};
const restingConnections = 1_000;

export const compressionMemory: Benchmark = {
  name: 'compression-memory',
  about: `memory of the server a connection: ${restingConnections.toLocaleString('en')} that rest after one message of 2 KiB each way`,
  unit: 'bytes a connection',
  subject: 'websocket-101',
  cells: cellsOf(
    Object.keys(agreements).flatMap((agreement) =>
      Object.keys(counted).map((what) => `${agreement}, ${what}`),
    ),
  ),
  async measure({ row, column }) {
    const [agreement, what] = row.split(', ');
    const { run } = await serve(column, agreement);
    // One connection first: what is made once for all does not count.
    await run({ connections: 1, inFlight: 1, rounds: 50, length: 2048 });
    collectGarbage();
    const before = counted[what]();
    await run({ connections: 1 + restingConnections, inFlight: 1, rounds: 1, length: 2048 });
    collectGarbage();
    return (counted[what]() - before) / restingConnections;
  },
};

/** Twice: buffers are swept beside the program, and are gone at the second time. */
function collectGarbage(): void {
  bufferBytes();
  bufferBytes();
}
