import { AssertionError } from 'node:assert';
import {
  type Attempt,
  Reconnector,
  type ReconnectorOptions,
  type ReconnectState,
  type RetryPolicy,
} from '#labs/13-reconnect';
import { seededRandom } from '../../workbook/seeded-random.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Round figures, so that each wait in the checks can be done in the head. */
export const policy: RetryPolicy = {
  firstMs: 4_000,
  capMs: 20_000,
  pauseMs: 6_000,
  maxAdviceMs: 60_000,
  connectTimeoutMs: 8_000,
  stableMs: 10_000,
  maxRetries: 5,
};

interface Recorded extends Attempt {
  /** In milliseconds from the start. */
  at: number;
  /** How often the reconnector ended it. */
  ended: number;
}

/** A reconnector under a clock of its own; the check plays the network. */
export class Client {
  readonly clock: VirtualClock;
  readonly attempts: Recorded[] = [];
  /** The names of the states, in order. */
  readonly states: string[] = [];
  readonly reconnector: Reconnector;
  /** What happens to an attempt at once. */
  onConnect = (_attempt: Attempt) => {};
  /** What whoever hears of a change does then. */
  onTold = () => {};
  readonly #start: number;

  /** Half of every limit is drawn, unless `random` says otherwise. */
  constructor(options: Partial<ReconnectorOptions> & { clock?: VirtualClock } = {}) {
    this.clock = options.clock ?? new VirtualClock();
    this.#start = this.clock.now();
    this.reconnector = new Reconnector({
      policy,
      random: () => 0.5,
      ...options,
      clock: this.clock,
      connect: (attempt) => this.#connect(attempt),
      onState: ({ name }) => {
        this.states.push(name);
        this.onTold();
      },
    });
  }

  get time(): number {
    return this.clock.now() - this.#start;
  }

  get state(): string {
    return this.reconnector.state.name;
  }

  /** The attempt at hand. */
  get attempt(): Recorded {
    const latest = this.attempts.at(-1);
    if (!latest) throw new AssertionError({ message: 'connect was never called: there is no attempt yet.' });
    return latest;
  }

  /** Started, and connected. */
  open(): this {
    this.reconnector.tryNow();
    this.attempt.opened();
    return this;
  }

  /** The attempt or connection at hand ends, and the next attempt comes: how long that took, in ms. */
  waitAfter(code: number, longestMs = 10 * policy.maxAdviceMs): number {
    const count = this.attempts.length;
    const lostAt = this.time;
    this.attempt.closed(code);
    while (this.attempts.length === count) {
      if (this.time - lostAt >= longestMs) {
        throw new AssertionError({
          message: `After close code ${code} no attempt came within ${longestMs} ms; the state is ${this.state}.`,
        });
      }
      this.clock.advance(1);
    }
    return this.time - lostAt;
  }

  #connect(attempt: Attempt): () => void {
    const recorded: Recorded = {
      at: this.time,
      ended: 0,
      opened: () => attempt.opened(),
      closed: (code, reason) => attempt.closed(code, reason),
    };
    this.attempts.push(recorded);
    this.onConnect(attempt);
    return () => {
      recorded.ended++;
    };
  }
}

/** When attempts reached a server, in ms after it failed under so many clients; they find it down for a while. */
export function herd(count: number, { downMs = 0, seed = 1 } = {}): number[] {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const start = clock.now();
  const arrivals: number[] = [];
  let failed = false;
  let waiting = 0;
  const connections: Attempt[] = [];
  const connect = (attempt: Attempt) => {
    const at = clock.now() - start;
    if (failed) arrivals.push(at);
    else connections.push(attempt);
    if (failed && at < downMs) attempt.closed(1006);
    else if (failed) attempt.opened();
    return () => {};
  };
  const onState = ({ name }: ReconnectState) => {
    if (name === 'waiting') waiting++;
    else if (name === 'connecting' && failed) waiting--;
  };
  for (let n = 0; n < count; n++) new Reconnector({ clock, random, connect, onState }).tryNow();
  failed = true;
  for (const connection of connections) connection.closed(1006);
  while (waiting > 0 && clock.now() - start < downMs + 10 * 60_000) clock.advance(100);
  return arrivals;
}

/** The largest part of `count` that arrives within any 100 ms: 1 for all of them. */
export function busiestShare(arrivals: readonly number[], count: number): number {
  let most = 0;
  let first = 0;
  for (let last = 0; last < arrivals.length; last++) {
    while (arrivals[last] - arrivals[first] >= 100) first++;
    most = Math.max(most, last - first + 1);
  }
  return most / count;
}
