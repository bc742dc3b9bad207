import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { conditionsWithout, readCourse, workbookRoot } from '../../../workbook/course.ts';
import type { BystandersConfig, BystandersSay, Latency } from './bystanders.ts';
import type { Memory, ServerConfig, ServerSays } from './server.ts';

const conditions = conditionsWithout(readCourse(workbookRoot)).map((name) => `--conditions=${name}`);
const mebibyte = 1024 * 1024;

/** What an attack did to the server and to the others, in MiB and ms. */
export interface Figures {
  attack: string;
  heapBefore: number;
  heapAfter: number;
  rssBefore: number;
  rssPeak: number;
  p50: number;
  p99: number;
  /** Bystanders who have lost their connection, ever. */
  lost: number;
}

/** The server under attack, and ten people who go on chatting. */
export class World {
  readonly figures: Figures[] = [];
  host = '';
  readonly #config: ServerConfig;
  readonly #children: ChildProcess[] = [];
  #server: ChildProcess | undefined;
  #bystanders: ChildProcess | undefined;

  constructor(config: ServerConfig) {
    this.#config = config;
  }

  async start(): Promise<void> {
    this.#server = this.#fork('./server.ts', this.#config);
    const said = await hear<ServerSays>(this.#server);
    if (said.type === 'listening') this.host = `127.0.0.1:${said.port}`;
    this.#bystanders = this.#fork('./bystanders.ts', {
      host: this.host,
      count: 10,
    } satisfies BystandersConfig);
    await hear<BystandersSay>(this.#bystanders);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }

  /** Carries out an attack; what is measured covers all of it, and a while more if it was short. */
  async during(attack: string, act: () => Promise<void>): Promise<Figures> {
    const before = await this.#memory();
    this.#bystanders?.send('measure');
    await act();
    const { p50, p99, lost } = await this.#latency();
    const after = await this.#memory();
    const figures: Figures = {
      attack,
      heapBefore: before.heap / mebibyte,
      heapAfter: after.heap / mebibyte,
      rssBefore: before.rss / mebibyte,
      rssPeak: after.peakRss / mebibyte,
      p50,
      p99,
      lost,
    };
    this.figures.push(figures);
    return figures;
  }

  async #memory(): Promise<Memory> {
    if (!this.#server) throw new Error('The world has not started.');
    this.#server.send('memory');
    return (await hear<Extract<ServerSays, { type: 'memory' }>>(this.#server)) satisfies Memory;
  }

  async #latency(): Promise<Latency> {
    if (!this.#bystanders) throw new Error('The world has not started.');
    this.#bystanders.send('tell');
    return await hear<Extract<BystandersSay, { type: 'latency' }>>(this.#bystanders);
  }

  #fork(program: string, config: object): ChildProcess {
    const child = fork(fileURLToPath(new URL(program, import.meta.url)), [JSON.stringify(config)], {
      execArgv: [...conditions, '--import', 'tsx'],
    });
    this.#children.push(child);
    return child;
  }
}

async function hear<Message>(child: ChildProcess): Promise<Message> {
  return await new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      then();
    };
    const onMessage = (said: unknown) => settle(() => resolve(said as Message));
    const onExit = () => settle(() => reject(new Error(`${child.spawnargs.at(-2)} has ended.`)));
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}

/** The figures as a table for people. */
export function tableOf(figures: readonly Figures[]): string {
  const head = ['attack', 'heap before', 'after', 'rss before', 'peak', 'p50', 'p99'];
  const rows = figures.map(({ attack, heapBefore, heapAfter, rssBefore, rssPeak, p50, p99 }) => [
    attack,
    ...[heapBefore, heapAfter, rssBefore, rssPeak].map((mib) => `${mib.toFixed(1)} MiB`),
    ...[p50, p99].map((ms) => `${ms.toFixed(1)} ms`),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  return [head, ...rows]
    .map((row) =>
      row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0]))).join('  '),
    )
    .join('\n');
}
