import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';

const keeperFile = fileURLToPath(new URL('./keeper.mjs', import.meta.url));

/** Something of the cluster cannot run: one sentence for a person. */
export class ClusterError extends Error {
  override name = 'ClusterError';
}

export interface ServiceOptions {
  /** For sentences: `Redis`. */
  name: string;
  /** The program's file, and its arguments; it must not go into the background. */
  program: string;
  args: readonly string[];
  /** Resolves once it can be used; `signal` aborts when the program ends before that. */
  isReady(signal: AbortSignal): Promise<void>;
}

export interface ServiceEvents {
  /** It ended by itself: its last words. */
  died: [lastWords: string];
}

/** A program that is not ours. It runs under a keeper, which ends it even when this process is killed. */
export class Service extends EventEmitter<ServiceEvents> {
  readonly #options: ServiceOptions;
  #keeper: ChildProcess | undefined;

  constructor(options: ServiceOptions) {
    super();
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** @throws ClusterError when the program ends before it is ready. */
  async start(): Promise<void> {
    const { name, program, args, isReady } = this.#options;
    const keeper = fork(keeperFile, [program, ...args], { silent: true });
    this.#keeper = keeper;
    let lastWords = '';
    for (const stream of [keeper.stdout, keeper.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        lastWords = text.trim().split('\n').at(-1) ?? lastWords;
      });
    }
    const ended = new AbortController();
    keeper.on('close', () => ended.abort(new ClusterError(`${name} does not start: ${lastWords}`)));
    try {
      await isReady(ended.signal);
    } catch (error) {
      throw ended.signal.aborted ? ended.signal.reason : error;
    }
    keeper.on('close', () => {
      if (this.#keeper === keeper) this.emit('died', lastWords);
    });
  }

  /** Ends it; resolves when it is gone. */
  async stop(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = undefined;
    if (!keeper || keeper.exitCode !== null) return;
    const exited = once(keeper, 'exit');
    keeper.disconnect();
    await exited;
  }
}
