import { Heartbeat, type Pingable, Watchdog } from '#labs/12-heartbeat';
import { VirtualClock } from './virtual-clock.ts';

/** The interval of all these checks, in milliseconds. */
export const interval = 1_000;

/** A peer that notes what is done to it, and answers pings if it is told to. */
export class TestPeer implements Pingable {
  /** When it was pinged and terminated, in milliseconds from the start. */
  readonly pings: number[] = [];
  readonly terminations: number[] = [];
  onPing = () => {};
  onTerminate = () => {};
  readonly #time: () => number;

  constructor(time: () => number) {
    this.#time = time;
  }

  ping(): void {
    this.pings.push(this.#time());
    this.onPing();
  }

  terminate(): void {
    this.terminations.push(this.#time());
    this.onTerminate();
  }
}

/** A heartbeat under a clock of its own, and peers to watch. */
export class Beating {
  readonly clock = new VirtualClock();
  readonly heartbeat = new Heartbeat<TestPeer>(interval, this.clock);
  readonly #start = this.clock.now();

  /** Milliseconds since the start. */
  get time(): number {
    return this.clock.now() - this.#start;
  }

  /** A peer that is watched; it answers each ping at once, or never. */
  add(answers: 'answers' | 'silent'): TestPeer {
    const peer = new TestPeer(() => this.time);
    if (answers === 'answers') peer.onPing = () => this.heartbeat.heard(peer);
    this.heartbeat.add(peer);
    return peer;
  }
}

/** A watchdog under a clock of its own, and what it has said: `quiet` and `dead`, with the time. */
export class Watching {
  readonly clock = new VirtualClock();
  readonly said: string[] = [];
  onQuiet = () => {};
  readonly watchdog: Watchdog;
  readonly #start = this.clock.now();

  constructor() {
    const say = (word: string) => this.said.push(`${word} at ${this.clock.now() - this.#start}`);
    this.watchdog = new Watchdog(
      {
        onQuiet: () => {
          say('quiet');
          this.onQuiet();
        },
        onDead: () => say('dead'),
      },
      this.clock,
    );
  }
}
