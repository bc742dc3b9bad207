import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChatConfig, ChatLauncher } from '../chat/launcher.ts';
import type { Course, Lab } from '../course.ts';
import { listenProblem } from '../listen-problem.ts';
import { findProgram } from './find-program.ts';
import { Haproxy } from './haproxy.ts';
import { freePort } from './ports.ts';
import { redisService } from './redis.ts';
import { ClusterError, type Service } from './service.ts';

export interface ClusterConfig {
  /** How many nodes; 1 or more. */
  nodes: number;
  /** Where HAProxy listens; 0 for any free port. */
  port: number;
  /** Over how many ms a node sends its clients away. */
  drainMs?: number;
  /** The labs of the learner's on which the nodes run. */
  mine: readonly Lab[];
}

export interface ClusterEvents {
  /** Something has happened that a person should know: one sentence. */
  note: [sentence: string];
  /** It cannot go on, and is to be stopped: why, in one sentence. */
  failed: [sentence: string];
}

/** How long what has died stays away, in ms. */
const restartAfterMs = 1_000;

/**
 * The chat as it stands in production, on this machine: Redis, nodes that share it, and HAProxy before them. What
 * dies is started again; what does not start then is the cluster's end.
 */
export class Cluster extends EventEmitter<ClusterEvents> {
  readonly #course: Course;
  readonly #config: ClusterConfig;
  readonly #folder = mkdtempSync(join(tmpdir(), 'ws101-cluster-'));
  readonly #stopped = new AbortController();
  #redisUrl = '';
  #port = 0;
  #nodes: ChatLauncher[] = [];
  #redis: Service | undefined;
  #haproxy: Haproxy | undefined;
  #restarting = false;

  constructor(course: Course, config: ClusterConfig) {
    super();
    this.#course = course;
    this.#config = config;
  }

  /** Where people go: `http://localhost:8080`. */
  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  get redisUrl(): string {
    return this.#redisUrl;
  }

  get nodeUrls(): string[] {
    return this.#nodes.map(({ url }) => url);
  }

  /**
   * Starts all of it. After a failure what was started is still to be stopped.
   *
   * @throws ClusterError, or the launcher's ChatStartError: one sentence for a person.
   */
  async start(): Promise<void> {
    const [redisProgram, haproxyProgram] = ['redis-server', 'haproxy'].map(installed);
    this.#port = await openPort(this.#config.port);
    const redisPort = await freePort();
    this.#redisUrl = `redis://127.0.0.1:${redisPort}`;
    this.#redis = await this.#launch(redisService(redisProgram, this.#folder, redisPort));
    this.#nodes = Array.from({ length: this.#config.nodes }, (_, index) => this.#createNode(index));
    // One by one: each needs a whole core while it starts.
    for (const node of this.#nodes) await node.start(this.#config.mine);
    const addresses = this.nodeUrls.map((url) => `127.0.0.1:${new URL(url).port}`);
    this.#haproxy = await this.#launch(new Haproxy(haproxyProgram, this.#folder, this.#port, addresses));
  }

  /**
   * Restarts all nodes, one after the other: each sends its clients away, to the others, and the next one follows
   * when HAProxy has this one back. Does nothing while a restart is under way.
   */
  async rollingRestart(): Promise<void> {
    if (this.#restarting) return;
    this.#restarting = true;
    const startedAt = performance.now();
    try {
      for (const [index, node] of this.#nodes.entries()) {
        this.emit('note', `Node ${index + 1} sends its clients away and restarts.`);
        await node.restart(node.mine);
        await this.#haproxy?.untilUp(index, this.#stopped.signal);
      }
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      this.emit('note', `All ${this.#nodes.length} nodes have restarted, in ${seconds} s.`);
    } catch (error) {
      // HAProxy is away for the moment, or all of it stops: either is told elsewhere.
      if (!this.#stopped.signal.aborted)
        this.emit('note', `The restart was broken off: ${(error as Error).message}`);
    } finally {
      this.#restarting = false;
    }
  }

  /** Nodes first, so that clients are told; then who serves them. Leaves nothing running. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#nodes.map((node) => node.stop()));
    await Promise.all([this.#haproxy?.stop(), this.#redis?.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #createNode(index: number): ChatLauncher {
    const config: ChatConfig = {
      port: 0,
      host: '127.0.0.1',
      engine: 'labs',
      allowedOrigins: [],
      redis: { url: this.#redisUrl },
      trustedProxies: ['127.0.0.1'],
      drainMs: this.#config.drainMs,
    };
    const node = new ChatLauncher(this.#course, config);
    const name = `Node ${index + 1}`;
    let runs = false;
    node.on('running', () => {
      runs = true;
    });
    node.on('fallback', (sentence) => this.emit('note', `${name}: ${sentence}`));
    node.on('down', (sentence) => {
      const ran = runs;
      runs = false;
      this.#onDeath(`${name}: ${sentence}`, ran, () => node.restart(node.mine));
    });
    return node;
  }

  async #launch<S extends Service>(service: S): Promise<S> {
    service.on('died', (lastWords) => {
      this.#onDeath(`${service.name} has ended. ${lastWords}`, true, () => service.start());
    });
    await service.start().catch(async (error) => {
      await service.stop();
      throw error;
    });
    return service;
  }

  #onDeath(sentence: string, ran: boolean, restart: () => Promise<void>): void {
    if (this.#stopped.signal.aborted) return;
    if (!ran) return void this.emit('failed', sentence);
    this.emit('note', `${sentence} It is started again.`);
    delay(restartAfterMs, undefined, { signal: this.#stopped.signal })
      .then(restart)
      .catch((error: Error) => {
        if (!this.#stopped.signal.aborted) this.emit('failed', error.message);
      });
  }
}

function installed(name: string): string {
  const program = findProgram(name);
  if (program) return program;
  throw new ClusterError(
    `${name} is not installed. On Debian: apt-get install redis-server haproxy; on a Mac: brew install redis haproxy.`,
  );
}

async function openPort(wanted: number): Promise<number> {
  try {
    return await freePort(wanted);
  } catch (error) {
    const problem = listenProblem((error as NodeJS.ErrnoException).code, '127.0.0.1', wanted);
    throw problem === undefined ? error : new ClusterError(problem);
  }
}
