import type { Benchmark } from './benchmark.ts';
import { ChatRig, type RigOptions, withoutRedis } from './chat-rig.ts';

const columns: Record<string, NonNullable<RigOptions['kind']>> = {
  'websocket-101': 'labs',
  'Socket.IO': 'socket.io',
};

/** Messages a second, and for how long they are sent in one round, in seconds. */
const rates = { '200 a second': 200, '1,000 a second': 1_000 } as const;
const roundSeconds = 5;
const rows = Object.keys(rates).flatMap((rate) => [`${rate}, p50`, `${rate}, p99`]);

/**
 * Both have two nodes and one Redis that writes nothing to its disk. Socket.IO has its Redis streams adapter, and
 * tells nobody that a message is stored; the chat checks, stores and acknowledges each.
 */
export const latency: Benchmark = {
  name: 'latency',
  about:
    'two nodes and Redis: from when a message should have been sent on one node until it is heard on the other',
  unit: 'µs',
  subject: 'websocket-101',
  cells: rows.flatMap((row) => Object.keys(columns).map((column) => ({ row, column }))),
  rounds: 5,
  obstacle: withoutRedis,
  async *measure({ row, column }) {
    const [rate, percentile] = row.split(', ') as [keyof typeof rates, 'p50' | 'p99'];
    const options = { nodes: 2, redis: true, connections: 100, roomSize: 2 };
    const rig = await ChatRig.start({ kind: columns[column], ...options });
    const perSecond = rates[rate];
    const talk = () => rig.talk({ messages: perSecond * roundSeconds, pace: { perSecond } });
    await talk();
    for (;;) yield (await talk())[percentile];
  },
};
