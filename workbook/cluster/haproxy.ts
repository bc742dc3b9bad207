import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { haproxyFor } from './configuration.ts';
import { untilListening } from './ports.ts';
import { Service } from './service.ts';

/** From one look at a node's state to the next, in ms. */
const lookEveryMs = 100;

/** The shipped HAProxy on this machine, and what it thinks of the nodes. */
export class Haproxy extends Service {
  readonly #socket: string;

  /** Its files go to `folder`; `nodes` are addresses such as `127.0.0.1:40123`. */
  constructor(program: string, folder: string, port: number, nodes: readonly string[]) {
    const socket = join(folder, 'haproxy.sock');
    const files = [join(folder, 'socket.cfg'), join(folder, 'haproxy.cfg')];
    writeFileSync(files[0], `global\n  stats socket ${socket} mode 600 level operator\n`);
    writeFileSync(files[1], haproxyFor(port, nodes));
    super({
      name: 'HAProxy',
      program,
      args: ['-db', ...files.flatMap((file) => ['-f', file])],
      isReady: (signal) => untilListening(port, signal),
    });
    this.#socket = socket;
  }

  /** Resolves once it sends clients to this node, counted from 0. */
  async untilUp(node: number, signal: AbortSignal): Promise<void> {
    while ((await this.#statusOf(`node${node + 1}`)) !== 'UP') {
      await delay(lookEveryMs, undefined, { signal });
    }
  }

  /** `UP`, `DOWN`, or `UP 1/2` on the way. */
  async #statusOf(server: string): Promise<string | undefined> {
    const [head, ...rows] = (await this.#ask('show stat')).split('\n').map((line) => line.split(','));
    return rows.find((row) => row[head.indexOf('svname')] === server)?.[head.indexOf('status')];
  }

  async #ask(command: string): Promise<string> {
    const socket = connect(this.#socket);
    await once(socket, 'connect');
    socket.end(`${command}\n`);
    return await text(socket);
  }
}
