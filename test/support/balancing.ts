import type { MessageOf, ServerMessage } from '#labs/10-protocol';
import { type DrainOptions, type DrainReport, drain, type Leaving, rank } from '#labs/18-balancing';
import { seededRandom } from '../../workbook/seeded-random.ts';
import { expectThat } from './expect-that.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Nodes whose names differ in one character only, as nodes' names do. */
export const nodesNamed = (count: number) =>
  Array.from({ length: count }, (_, n) => `http://10.0.0.${n + 1}:8080`);

/** Keys that are much alike. */
export const keysNamed = (count: number) => Array.from({ length: count }, (_, n) => `user-${n}`);

/** The first node of each key, by the lab. */
export const homesOf = (keys: readonly string[], nodes: readonly string[]) =>
  keys.map((key) => rank(key, nodes)[0]);

/** How often each value comes. */
export function tally<Value>(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Fails when a node has more than a sixth less or more than its even part of the keys: for 1,000 keys a node, five standard deviations. */
export function expectBalance(homes: readonly string[], nodes: readonly string[], what: string): void {
  const counts = tally(homes);
  const even = homes.length / nodes.length;
  for (const node of nodes) {
    const count = counts.get(node) ?? 0;
    expectThat(
      Math.abs(count - even) <= even / 6,
      `${what}: ${node} has ${count} of ${homes.length} keys; with ${nodes.length} nodes about ${Math.round(even)} are its part.`,
    );
  }
}

type Deed = 'tell' | 'close' | 'terminate';

/** A connection that is sent away, as its server sees it. What it is told and when is written down. */
export class Guest implements Leaving {
  readonly deeds: Deed[] = [];
  /** In ms from the start of the drain. */
  toldAt: number | undefined;
  reconnectInMs = Number.NaN;
  closedAt: number | undefined;
  closedWith: [code: number, reason: string] | undefined;
  cutAt: number | undefined;
  readonly #party: Party;
  readonly #habit: Habit;

  constructor(party: Party, habit: Habit) {
    this.#party = party;
    this.#habit = habit;
  }

  tell({ reconnectInMs }: MessageOf<ServerMessage, 'drain'>): void {
    this.deeds.push('tell');
    this.toldAt = this.#party.time;
    this.reconnectInMs = reconnectInMs;
    this.#mayThrow('tell');
  }

  close(code: number, reason: string): void {
    this.deeds.push('close');
    this.closedAt = this.#party.time;
    this.closedWith = [code, reason];
    this.#mayThrow('close');
    const { answersInMs } = this.#habit;
    if (answersInMs === 0) this.leave();
    else if (answersInMs) this.#party.clock.setTimeout(() => this.leave(), answersInMs);
  }

  terminate(): void {
    this.deeds.push('terminate');
    this.cutAt = this.#party.time;
    this.leave();
    this.#mayThrow('terminate');
  }

  /** Its connection ends, whoever ended it. */
  leave(): void {
    this.#party.guests.delete(this);
  }

  /** When it comes back, in ms from the start of the drain: so long after its connection was closed. */
  get backAt(): number {
    return (this.closedAt ?? Number.NaN) + this.reconnectInMs;
  }

  #mayThrow(deed: Deed): void {
    if (this.#habit.throwsAt?.includes(deed)) throw new Error(`This connection is broken (${deed}).`);
  }
}

interface Habit {
  /** How long it takes until it is closed, in ms: 0 at once; undefined: it never is. */
  answersInMs?: number;
  throwsAt?: readonly Deed[];
}

/** The connections of a server that restarts, under a clock that the check moves. */
export class Party {
  readonly clock = new VirtualClock();
  readonly guests = new Set<Guest>();
  /** All that were ever here. */
  readonly everyone: Guest[] = [];
  /** Once the drain is over. */
  report: DrainReport | undefined;
  /** When it was over, in ms from its start. */
  endedAt = Number.NaN;
  failure: unknown;
  readonly #startedAt = this.clock.now();

  /** So many connections, each closed as soon as it is asked, unless it has other habits. */
  constructor(count: number, habit: Habit = { answersInMs: 0 }) {
    for (let n = 0; n < count; n++) this.invite(habit);
  }

  invite(habit: Habit): Guest {
    const guest = new Guest(this, habit);
    this.guests.add(guest);
    this.everyone.push(guest);
    return guest;
  }

  get time(): number {
    return this.clock.now() - this.#startedAt;
  }

  /** Begins to send them away. Over 10 s in ten batches, and 15 s at most, unless it is said otherwise. */
  start(options: Partial<DrainOptions> = {}): this {
    const { clock } = this;
    const all = {
      spreadMs: 10_000,
      batches: 10,
      deadlineMs: 15_000,
      clock,
      random: seededRandom(1),
      ...options,
    };
    const ended = async () => {
      try {
        this.report = await drain(this.guests, all);
        this.endedAt = this.time;
      } catch (error) {
        this.failure = error;
      }
    };
    void ended();
    return this;
  }

  /** Time goes by, and whoever waits for it goes on. */
  async pass(ms: number): Promise<this> {
    // What was begun without a timer, first.
    await settled();
    for (let passed = 0; passed < ms && this.report === undefined && !this.failure; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passed));
      await settled();
    }
    if (this.failure) throw this.failure;
    return this;
  }

  /** Until the drain is over. */
  async end(withinMs = 60_000): Promise<DrainReport> {
    await this.pass(withinMs);
    const { report } = this;
    expectThat(
      report !== undefined,
      `After ${withinMs} ms drain has not resolved; ${this.guests.size} connections are left.`,
    );
    return report;
  }
}

/** As fine as the checks look. */
const stepMs = 10;

/** All promises that can go on have gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
