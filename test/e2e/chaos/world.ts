import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { conditionsWithout, readCourse, workbookRoot } from '../../../workbook/course.ts';
import type { ClientsAsked, ClientsConfig, ClientsSay } from './clients.ts';
import { type Entry, judge } from './judge.ts';
import type { ServerConfig, ServerSays } from './server.ts';

const conditions = conditionsWithout(readCourse(workbookRoot)).map((name) => `--conditions=${name}`);
/** Kept over restarts, so that a session is good for all of a server's lives. */
const secret = 'the same after every restart';
/** What never happens within this time, in ms, does not happen. */
const patienceMs = 20_000;

/** Starts one of the programs beside this file; `wrap` is a command to start it by. It ends with the test. */
function start(program: string, config: object, wrap: readonly string[] = []): ChildProcess {
  const [execPath = process.execPath, ...wrapArgs] = wrap;
  const node = wrap.length > 0 ? [...wrapArgs, process.execPath] : [];
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [JSON.stringify(config)], {
    execPath,
    execArgv: [...node, ...conditions, '--import', 'tsx'],
    env: { ...process.env, AUTH_SECRET: secret },
  });
  onTestFinished(() => kill(child));
  return child;
}

/** Ends a process as a crash does; one that is stopped too. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** The chat's server: one port, and one life after another. */
export class Server {
  readonly #config: ServerConfig;
  #process: ChildProcess | undefined;

  constructor(heartbeatMs: number, host = '127.0.0.1') {
    this.#config = { port: 0, host, heartbeatMs };
  }

  get port(): number {
    return this.#config.port;
  }

  async start(): Promise<void> {
    this.#process = start('./server.ts', this.#config);
    const said = await this.#hear();
    if (said.type === 'listening') this.#config.port = said.port;
  }

  async kill(): Promise<void> {
    if (this.#process) await kill(this.#process);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal);
  }

  /** Bytes in use. */
  async heap(): Promise<number> {
    this.#process?.send('heap');
    const said = await this.#hear();
    return said.type === 'heap' ? said.bytes : Number.NaN;
  }

  async #hear(): Promise<ServerSays> {
    if (!this.#process) throw new Error('The server has not been started.');
    const [said] = (await once(this.#process, 'message')) as [ServerSays];
    return said;
  }
}

/** Clients in a process of their own. */
export interface Group {
  readonly names: readonly string[];
  readonly process: ChildProcess;
}

/** All clients, what they have told, and what of it a test waits for. */
export class Crowd {
  readonly groups: Group[] = [];
  readonly log: Entry[] = [];
  /** The state of each client. */
  readonly states = new Map<string, string>();
  /** Messages acknowledged so far. */
  acknowledged = 0;
  /** How often a client was told that messages may be missing. */
  gaps = 0;
  readonly #hushed = new Set<string>();
  /** The position of each client: the life of the room, and the number of the last message it knows of. */
  readonly #positions = new Map<string, string>();
  readonly #waiting = new Set<(entry: Entry) => void>();

  get names(): string[] {
    return this.groups.flatMap(({ names }) => names);
  }

  /** Starts clients; they have joined the room when this is done, and say nothing yet. */
  async add(host: string, names: readonly string[], wrap?: readonly string[]): Promise<Group> {
    const config: ClientsConfig = { host, names, room: 'lobby' };
    const group = { names, process: start('./clients.ts', config, wrap) };
    this.groups.push(group);
    group.process.on('message', (said: ClientsSay) => {
      if (said.type !== 'heap') this.#note(said);
    });
    await this.until(`${names.join(', ')} have joined`, () =>
      names.every((name) => this.#positions.has(name)),
    );
    return group;
  }

  talk(): void {
    this.#ask('talk');
  }

  /** Waits for something in the log: `wanted` is asked after every entry. */
  async until(what: string, wanted: (entry?: Entry) => boolean): Promise<void> {
    if (wanted()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(this.#tellWhyNot(what))), patienceMs);
      const onEntry = (entry: Entry) => {
        if (!wanted(entry)) return;
        this.#waiting.delete(onEntry);
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.add(onEntry);
    });
  }

  /** So many more messages are acknowledged. */
  async untilAcknowledged(more: number): Promise<void> {
    const wanted = this.acknowledged + more;
    await this.until(`${more} more messages acknowledged`, () => this.acknowledged >= wanted);
  }

  /** All of these clients are in this state. */
  async untilAll(names: readonly string[], states: readonly string[]): Promise<void> {
    await this.until(`${names.join(', ')} ${states.join(' or ')}`, () =>
      names.every((name) => states.includes(this.states.get(name) ?? '')),
    );
  }

  /** Nobody speaks any more, every outbox is empty, and all have read up to the same message. */
  async hush(): Promise<void> {
    this.#hushed.clear();
    this.#ask('hush');
    await this.until('every outbox is empty', () => this.#hushed.size === this.names.length);
    await this.until('all have read as far', () => new Set(this.#positions.values()).size === 1);
  }

  /** Bytes in use, of each process. */
  async heaps(): Promise<number[]> {
    return await Promise.all(
      this.groups.map(async ({ process }) => {
        const heard = new Promise<number>((resolve) => {
          const listener = (said: ClientsSay) => {
            if (said.type !== 'heap') return;
            process.off('message', listener);
            resolve(said.bytes);
          };
          process.on('message', listener);
        });
        process.send('heap' satisfies ClientsAsked);
        return await heard;
      }),
    );
  }

  #ask(asked: ClientsAsked): void {
    for (const { process } of this.groups) process.send(asked);
  }

  #tellWhyNot(what: string): string {
    const states = this.names.map(
      (name) => `  ${name}: ${this.states.get(name)}, at ${this.#positions.get(name)}`,
    );
    return [`It never came to this: ${what}.`, ...states, ...judge(this.log).slice(0, 3)].join('\n');
  }

  #note(entry: Entry): void {
    this.log.push(entry);
    switch (entry.type) {
      case 'state':
        this.states.set(entry.client, entry.state);
        break;
      case 'joined':
        if (entry.gap) this.gaps++;
        this.#positions.set(entry.client, `${entry.epoch} ${entry.seq}`);
        break;
      case 'shown':
        this.#positions.set(entry.client, `${entry.epoch} ${entry.seq}`);
        break;
      case 'acknowledged':
        this.acknowledged++;
        break;
      case 'hushed':
        this.#hushed.add(entry.client);
        break;
    }
    for (const onEntry of this.#waiting) onEntry(entry);
  }
}
