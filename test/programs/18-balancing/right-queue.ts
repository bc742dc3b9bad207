// Right, with a queue: each batch takes its part of those who still wait, and one loop serves batches and stragglers.
import type { DrainOptions, DrainReport, Leaving } from '../../../solutions/18-balancing.ts';
import { systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/18-balancing.ts';

/** Every step is a method: a wrong program is one of them done wrong. */
export class Drain {
  readonly connections: ReadonlySet<Leaving>;
  readonly options: Required<DrainOptions>;
  readonly count: number;
  readonly #startedAt: number;

  constructor(connections: ReadonlySet<Leaving>, options: DrainOptions) {
    this.connections = connections;
    this.options = { clock: systemClock, random: Math.random, ...options };
    this.count = connections.size;
    this.#startedAt = this.options.clock.now();
  }

  async run(): Promise<DrainReport> {
    const { spreadMs, batches } = this.options;
    const queue = [...this.connections];
    for (let todo = batches; this.goesOn(todo) && this.leftMs() > 0; todo--) {
      await this.beforeBatch(queue, todo);
      const batch = queue.splice(0, this.batchSize(queue.length, Math.max(1, todo)));
      for (const connection of batch) if (this.isThere(connection)) this.sendAway(connection);
      await this.wait(todo > 0 ? spreadMs / batches : 20);
    }
    const cut = this.connections.size;
    for (const connection of [...this.connections]) this.attempt(() => connection.terminate());
    return { polite: this.count - cut, cut };
  }

  goesOn(_todo: number): boolean {
    return this.connections.size > 0;
  }

  async beforeBatch(_queue: readonly Leaving[], _todo: number): Promise<void> {}

  batchSize(waiting: number, todo: number): number {
    return Math.ceil(waiting / todo);
  }

  isThere(connection: Leaving): boolean {
    return this.connections.has(connection);
  }

  sendAway(connection: Leaving): void {
    this.attempt(() => this.tell(connection));
    this.attempt(() => this.close(connection));
  }

  tell(connection: Leaving): void {
    const { spreadMs, batches, random } = this.options;
    connection.tell({ type: 'drain', reconnectInMs: (random() * spreadMs) / batches });
  }

  close(connection: Leaving): void {
    connection.close(1012, 'restart');
  }

  attempt(act: () => void): void {
    try {
      act();
    } catch {}
  }

  leftMs(): number {
    const { deadlineMs, clock } = this.options;
    return deadlineMs - (clock.now() - this.#startedAt);
  }

  async wait(ms: number): Promise<void> {
    const left = this.leftMs();
    await new Promise<void>((resolve) => this.options.clock.setTimeout(resolve, Math.min(ms, left)));
  }
}

/** Makes the lab's function of a kind of drain. */
export function drainBy(Kind: typeof Drain) {
  return (connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> =>
    new Kind(connections, options).run();
}

export const drain = drainBy(Drain);
