import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program under test: a server that echoes, or a client that asks which cases to run and echoes in each. */
export interface Subject {
  /** For people: `labs server`. */
  name: string;
  role: 'server' | 'client';
  /** What Node runs; `--port 0`, or `--url` and `--agent`, come behind it. */
  program: readonly string[];
  cwd: string;
}

/** A process of the subject. */
export class SubjectProcess {
  readonly #child: ChildProcess;
  /** Resolves once it is gone. */
  readonly ended: Promise<void>;
  #errors = '';
  #running = true;

  constructor({ program, cwd }: Subject, args: readonly string[]) {
    // Without the environment's own options: what runs is decided by `program` alone.
    const { NODE_OPTIONS: _none, ...env } = process.env;
    this.#child = spawn(process.execPath, [...program, ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-4_000);
    });
    this.ended = once(this.#child, 'close').then(() => {
      this.#running = false;
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** The line of what it printed on stderr that names the error; `''` when there was none. */
  get error(): string {
    const lines = this.#errors.split('\n').map((line) => line.trim());
    return lines.find((line) => /^\w*(Error|Unfinished)\b/.test(line)) ?? '';
  }

  /** The port a server says it listens on. @throws Error when it ends before */
  async port(): Promise<number> {
    let output = '';
    const listening = new Promise<number>((resolve) => {
      this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const [, port] = /:(\d+)\s/.exec(output) ?? [];
        if (port) resolve(Number(port));
      });
    });
    const port = await Promise.race([listening, this.ended]);
    if (!port) throw new Error(`The server did not start. ${this.error}`);
    return port;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
