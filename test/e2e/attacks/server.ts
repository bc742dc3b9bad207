/**
 * The whole chat in a process of its own, with the limits it ships with but for fewer connections. It tells how
 * much memory it uses. Ends with its parent.
 */
import { startChatServer } from '#labs/20-chat-server';
import { loadEngine } from '../../../workbook/chat/engine.ts';
import { heapBytes } from '../chaos/heap.ts';

export interface ServerConfig {
  caps: { total: number; perAddress: number };
}

/** Bytes: in use after a garbage collection; of the process; and the most of the process since the last time. */
export interface Memory {
  heap: number;
  rss: number;
  peakRss: number;
}

export type ServerSays = { type: 'listening'; port: number } | ({ type: 'memory' } & Memory);

/** How often the memory of the process is looked at, in ms. */
const samplingMs = 10;

const server = await startChatServer(0, '127.0.0.1', {
  ...(JSON.parse(process.argv[2]) as ServerConfig),
  // On, so that there is something to inflate.
  engine: await loadEngine('labs', { compression: true }),
  page: new Map(),
  // The attackers and their victims have addresses of their own, though all are on this machine.
  trustedProxies: ['127.0.0.1'],
});

let peakRss = 0;
const sample = () => {
  peakRss = Math.max(peakRss, process.memoryUsage.rss());
};
setInterval(sample, samplingMs);

const say = (message: ServerSays) => process.send?.(message);
process.on('disconnect', () => process.exit());
process.on('message', () => {
  sample();
  say({ type: 'memory', heap: heapBytes(), rss: process.memoryUsage.rss(), peakRss });
  peakRss = 0;
});
say({ type: 'listening', port: server.address.port });
