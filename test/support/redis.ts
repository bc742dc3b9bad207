import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';

/** Where Debian, Homebrew and a build from source put it; `REDIS_SERVER` in the environment goes first. */
const path = [
  process.env.REDIS_SERVER,
  '/usr/bin/redis-server',
  '/usr/local/bin/redis-server',
  '/opt/homebrew/bin/redis-server',
].find((candidate) => candidate !== undefined && existsSync(candidate));

/**
 * Why what needs a real Redis is skipped; undefined where it is there, and in CI, where a missing one is a
 * failure.
 */
export const noRedis =
  path === undefined && !process.env.CI
    ? 'No redis-server found (7.0 or later; set REDIS_SERVER to its path): what needs one is skipped.'
    : undefined;
if (noRedis) console.warn(noRedis);

/** What a Redis writes to its disk. */
export type Persistence =
  /** Nothing: a restart loses everything. */
  | 'none'
  /** A snapshot, when told to (`SAVE`): a restart loses what came after it. */
  | 'snapshot'
  /** Every write, on the disk before it is answered. */
  | 'always';

const settings: Record<Persistence, readonly string[]> = {
  none: ['--save', ''],
  snapshot: ['--save', '3600 1000000'],
  always: ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
};

export interface RedisServerOptions {
  /** Default: `none`. */
  persistence?: Persistence;
  /** Further settings: `['--cluster-enabled', 'yes']`. */
  args?: readonly string[];
}

/** A real redis-server on a port and in a folder of its own. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, { persistence = 'none', args = [] }: RedisServerOptions) {
    this.port = port;
    this.#folder = folder;
    const base = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--daemonize', 'no'];
    this.#args = [...base, ...settings[persistence], ...args];
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'websocket-101-redis-'));
    const server = new RedisServer(await freePort(), folder, options);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, on the same port and with what is on the disk. */
  async restart(): Promise<void> {
    if (!path) throw new Error('This needs redis-server: install it, or set REDIS_SERVER to its path.');
    const child = spawn(path, this.#args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = child;
    const { pid } = child;
    if (pid) {
      tellReaper({ started: pid, folder: this.#folder });
      child.on('exit', () => tellReaper({ ended: pid }));
    }
    await new Promise<void>((resolve, reject) => {
      let log = '';
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`redis-server ended: ${log.slice(-500)}`)));
      child.stdout.on('data', (chunk) => {
        log = (log + chunk).slice(-4_000);
        if (log.includes('Ready to accept connections')) resolve();
      });
    });
  }

  /** As `kill -9` does: it has no time for anything. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** It takes connections and bytes, for that is the kernel's part, and answers nothing. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** One command, on a connection of its own. */
  async command(...command: string[]): Promise<unknown> {
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } });
    client.on('error', () => {});
    await client.connect();
    try {
      return await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Free when it was asked for. Below the ephemeral ports, so that no outgoing connection takes it meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
      return port;
    } catch {
      // Taken: another one.
    }
  }
}

/**
 * A learner's endless loop ends the process of the checks, with no chance to clean up. This one sees its input
 * end then, and ends the servers that are left.
 */
const reaperScript = `
  const { rmSync } = require('node:fs');
  const { createInterface } = require('node:readline');
  const left = new Map();
  createInterface(process.stdin)
    .on('line', (line) => {
      const { started, folder, ended } = JSON.parse(line);
      if (started) left.set(started, folder);
      else left.delete(ended);
    })
    .on('close', () => {
      for (const [pid, folder] of left) {
        try { process.kill(pid, 'SIGKILL'); } catch {}
        rmSync(folder, { recursive: true, force: true });
      }
    });
`;

let reaper: ChildProcess | undefined;

function tellReaper(news: { started: number; folder: string } | { ended: number }): void {
  if (!reaper) {
    reaper = spawn(process.execPath, ['-e', reaperScript], { stdio: ['pipe', 'ignore', 'ignore'] });
    reaper.on('error', () => {});
    reaper.stdin?.on('error', () => {});
    reaper.unref();
    (reaper.stdin as Socket).unref();
  }
  reaper.stdin?.write(`${JSON.stringify(news)}\n`);
}
