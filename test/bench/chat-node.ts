// A node of a chat in a process of its own: chat-node.ts labs|ws|socket.io SECRET [Redis URL]
// It says its port; then, whenever asked, what it has used.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@redis/client';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Server } from 'socket.io';
import { MemoryBackplane, RedisBackplane } from '#labs/17-backplane';
import { startChatServer } from '#labs/20-chat-server';
import { type EngineName, loadEngine } from '../../workbook/chat/engine.ts';
import { cpuTime, usedMemory } from './benchmark.ts';

export interface NodeUsage {
  /** CPU time so far, in ns. */
  cpu: number;
  /** Bytes of heap and buffers, all garbage collected: only when asked for, as that takes a while. */
  memory: number;
}

process.on('message', ({ memory }: { memory: boolean }) => {
  process.send?.({ memory: memory ? usedMemory() : 0, cpu: cpuTime() } satisfies NodeUsage);
});
process.on('disconnect', () => process.exit());

/** In ms: a machine that is busy with the benchmark is not a Redis that is gone. */
const patience = { timeoutMs: 30_000, leaseMs: 120_000 };

const [, , kind, secret, redisUrl] = process.argv;
process.send?.(kind === 'socket.io' ? await startSocketIo() : await startChat(kind as EngineName));

async function startChat(engine: EngineName): Promise<number> {
  const { address } = await startChatServer(0, '127.0.0.1', {
    engine: await loadEngine(engine),
    page: new Map(),
    secret,
    backplane: redisUrl ? new RedisBackplane({ url: redisUrl, ...patience }) : new MemoryBackplane(),
    caps: { total: 20_000, perAddress: 20_000 },
  });
  return address.port;
}

/** The least chat there is on Socket.IO: rooms, and what is said in them. */
async function startSocketIo(): Promise<number> {
  const server = createServer();
  const io = new Server(server, { transports: ['websocket'], serveClient: false });
  if (redisUrl) io.adapter(createAdapter(await createClient({ url: redisUrl }).connect()));
  io.on('connection', (socket) => {
    socket.on('join', async (room: string) => {
      await socket.join(room);
      socket.emit('joined', room);
    });
    socket.on('chat', (room: string, message: unknown) => io.to(room).emit('chat', message));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}
