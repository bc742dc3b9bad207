import { type Benchmark, tooFewFiles } from './benchmark.ts';
import { ChatRig } from './chat-rig.ts';

const connections = 10_000;
const roomSize = 20;

const columns = { 'websocket-101': 'labs', 'ws engine': 'ws' } as const;
const rows = ['memory, bytes a connection', 'CPU, ns a delivery', 'p50, µs', 'p99, µs'] as const;

/** The whole chat server with a crowd: everyone is authenticated, in a room, and talked to. */
export const held: Benchmark = {
  name: 'held',
  about: `${connections.toLocaleString('en')} people on one node, in rooms of ${roomSize}, and 100 messages a second`,
  unit: 'as the row says',
  subject: 'websocket-101',
  cells: rows.flatMap((row) => Object.keys(columns).map((column) => ({ row, column }))),
  obstacle: () => tooFewFiles(connections + 200),
  async measure({ row, column }) {
    const kind = columns[column as keyof typeof columns];
    const rig = await ChatRig.startEmpty({ kind, nodes: 1, redis: false, connections, roomSize });
    // A few first: what is made once for all does not count.
    await rig.fill(200);
    const talk = (messages: number) => rig.talk({ messages, pace: { perSecond: 100 } });
    await talk(100);
    const before = await rig.memory();
    await rig.fill(200 + connections);
    const { cpu, deliveries, p50, p99 } = await talk(1_500);
    if (row === 'p50, µs') return p50;
    if (row === 'p99, µs') return p99;
    if (row === 'CPU, ns a delivery') return cpu / deliveries;
    return ((await rig.memory()) - before) / connections;
  },
};
