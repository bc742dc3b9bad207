import type { Benchmark } from './benchmark.ts';
import { ChatRig, type RigOptions, withoutRedis } from './chat-rig.ts';

const roomSize = 10;
const connections = 200;
const messages = 2_000;

const columns: Record<string, Pick<RigOptions, 'nodes' | 'redis'>> = {
  'one node in memory': { nodes: 1, redis: false },
  'one node with Redis': { nodes: 1, redis: true },
  'two nodes with Redis': { nodes: 2, redis: true },
};

const rows = ['CPU of nodes and Redis', 'time'] as const;

export const backplane: Benchmark = {
  name: 'backplane',
  about: `a message in the whole chat: checked, stored, acknowledged, heard by ${roomSize}; ${connections} people, 50 messages at once`,
  unit: 'ns a message',
  subject: 'one node in memory',
  cells: rows.flatMap((row) => Object.keys(columns).map((column) => ({ row, column }))),
  rounds: 5,
  obstacle: withoutRedis,
  async *measure({ row, column }) {
    const rig = await ChatRig.start({ ...columns[column], connections, roomSize });
    const talk = () => rig.talk({ messages, pace: { inFlight: 50 } });
    await talk();
    for (;;) {
      const { cpu, time } = await talk();
      yield (row === 'time' ? time : cpu) / messages;
    }
  },
};

const sizes: Record<string, { rooms: number; roomSize: number }> = {
  '10 rooms of 60': { rooms: 10, roomSize: 60 },
  '60 rooms of 10': { rooms: 60, roomSize: 10 },
  '300 rooms of 2': { rooms: 300, roomSize: 2 },
};

/** What becomes of a delivery's cost when there are more rooms, and more nodes. */
export const growth: Benchmark = {
  name: 'growth',
  about:
    'CPU of nodes and Redis: 600 people in few large rooms or many small ones, on one, two and three nodes',
  unit: 'ns of CPU a delivery',
  subject: '1 node',
  cells: Object.keys(sizes).flatMap((row) =>
    ['1 node', '2 nodes', '3 nodes'].map((column) => ({ row, column })),
  ),
  rounds: 5,
  obstacle: withoutRedis,
  async *measure({ row, column }) {
    const { rooms, roomSize } = sizes[row];
    const nodes = Number.parseInt(column, 10);
    const rig = await ChatRig.start({ nodes, redis: true, connections: rooms * roomSize, roomSize });
    const talk = () => rig.talk({ messages: Math.round(12_000 / roomSize), pace: { inFlight: 50 } });
    await talk();
    for (;;) {
      const { cpu, deliveries } = await talk();
      yield cpu / deliveries;
    }
  },
};
