import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { noRedis, RedisServer } from '../support/redis.ts';
import type { OpenRequest, TalkReport, TalkRequest } from './chat-load.ts';
import type { NodeUsage } from './chat-node.ts';

export interface RigOptions {
  /** What the nodes run: the chat on the labs, the chat on `ws`, or the least chat on Socket.IO. Default: `labs`. */
  kind?: 'labs' | 'ws' | 'socket.io';
  nodes: number;
  /** Whether they share a Redis, one that writes nothing to its disk. */
  redis: boolean;
  connections: number;
  roomSize: number;
}

/** What talking has cost: CPU time in ns, of all nodes and of Redis; wall time in ns. */
export interface TalkCost extends TalkReport {
  cpu: number;
  time: number;
}

/** Why nothing with Redis can be measured here. */
export const withoutRedis = () => noRedis;

/** Signs the tickets, which the people make themselves. */
const secret = 'the secret of a benchmark';

/** Nodes, a Redis, and people who talk, each in a process of its own. They end with this one. */
export class ChatRig {
  readonly #options: RigOptions;
  readonly #nodes: ChildProcess[] = [];
  readonly #ports: number[] = [];
  readonly #load: ChildProcess;
  readonly #redis: RedisServer | undefined;

  private constructor(options: RigOptions, redis: RedisServer | undefined) {
    this.#options = options;
    this.#redis = redis;
    this.#load = fork(join(import.meta.dirname, 'chat-load.ts'));
  }

  /** With everyone in their rooms. */
  static async start(options: RigOptions): Promise<ChatRig> {
    const rig = await ChatRig.startEmpty(options);
    await rig.fill(options.connections);
    return rig;
  }

  static async startEmpty(options: RigOptions): Promise<ChatRig> {
    const redis = options.redis ? await RedisServer.start() : undefined;
    const rig = new ChatRig(options, redis);
    for (let index = 0; index < options.nodes; index++) {
      const args = [options.kind ?? 'labs', secret, ...(redis ? [redis.url] : [])];
      const node = fork(join(import.meta.dirname, 'chat-node.ts'), args);
      const [port] = (await once(node, 'message')) as [number];
      rig.#nodes.push(node);
      rig.#ports.push(port);
    }
    return rig;
  }

  /** Until there are so many people. */
  async fill(connections: number): Promise<void> {
    const { kind, roomSize } = this.#options;
    const isSocketIo = kind === 'socket.io';
    await this.#ask({
      do: 'open',
      kind: isSocketIo ? 'socket.io' : 'chat',
      ports: this.#ports,
      connections,
      roomSize,
      secret,
    });
  }

  async talk(request: Omit<TalkRequest, 'do'>): Promise<TalkCost> {
    const cpuBefore = await this.#cpu();
    const startsAt = performance.now();
    const report = (await this.#ask({ do: 'talk', ...request })) as TalkReport;
    const time = (performance.now() - startsAt) * 1e6;
    const expected = request.messages * this.#options.roomSize;
    if (report.deliveries !== expected) throw new Error(`${report.deliveries} deliveries, not ${expected}`);
    return { ...report, time, cpu: (await this.#cpu()) - cpuBefore };
  }

  /** Bytes of heap and buffers, of all nodes. */
  async memory(): Promise<number> {
    return sum((await this.#usage(true)).map(({ memory }) => memory));
  }

  async #cpu(): Promise<number> {
    const nodes = sum((await this.#usage(false)).map(({ cpu }) => cpu));
    const info = String((await this.#redis?.command('INFO', 'cpu')) ?? '');
    const redis = [...info.matchAll(/used_cpu_(?:user|sys):([\d.]+)/g)].map(([, seconds]) => Number(seconds));
    return nodes + 1e9 * sum(redis);
  }

  #usage(memory: boolean): Promise<NodeUsage[]> {
    return Promise.all(
      this.#nodes.map(async (node) => {
        node.send({ memory });
        const [usage] = (await once(node, 'message')) as [NodeUsage];
        return usage;
      }),
    );
  }

  async #ask(request: OpenRequest | TalkRequest): Promise<unknown> {
    this.#load.send(request);
    const failed = once(this.#load, 'exit').then(() => {
      throw new Error('the load has failed');
    });
    const [answer] = await Promise.race([once(this.#load, 'message'), failed]);
    return answer;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
