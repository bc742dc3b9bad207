// Right, with sweeps that are numbered: each peer has the number of the sweep it was last heard before.
import type { Pingable, WatchdogActions } from '../../../solutions/12-heartbeat.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> {
  readonly #heardIn = new Map<Peer, number>();
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #sweep = 0;
  #timer: unknown;

  constructor(intervalMs: number, clock: Clock = systemClock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  get size(): number {
    return this.#heardIn.size;
  }

  add(peer: Peer): void {
    this.#heardIn.set(peer, this.#sweep);
    this.#timer ??= this.#next();
  }

  heard(peer: Peer): void {
    if (this.#heardIn.has(peer)) this.#heardIn.set(peer, this.#sweep);
  }

  remove(peer: Peer): void {
    this.#heardIn.delete(peer);
    if (this.size === 0) this.stop();
  }

  stop(): void {
    this.#heardIn.clear();
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #next(): unknown {
    const setAt = this.#clock.now();
    return this.#clock.setTimeout(() => {
      const onTime = this.#clock.now() - setAt < 1.75 * this.#intervalMs;
      const now = this.#sweep;
      if (onTime) this.#sweep++;
      this.#timer = this.#next();
      for (const [peer, heardIn] of [...this.#heardIn]) {
        if (!onTime || heardIn === now) {
          peer.ping();
        } else {
          this.remove(peer);
          peer.terminate();
        }
      }
    }, this.#intervalMs);
  }
}

type Phase = 'stopped' | 'calm' | 'asked';

export class Watchdog {
  readonly #actions: WatchdogActions;
  readonly #clock: Clock;
  #phase: Phase = 'stopped';
  #intervalMs = 0;
  #timer: unknown;

  constructor(actions: WatchdogActions, clock: Clock = systemClock) {
    this.#actions = actions;
    this.#clock = clock;
  }

  start(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#enter('calm');
  }

  heard(): void {
    if (this.#phase !== 'stopped') this.#enter('calm');
  }

  stop(): void {
    this.#enter('stopped');
  }

  #enter(phase: Phase): void {
    this.#clock.clearTimeout(this.#timer);
    this.#phase = phase;
    if (phase === 'stopped') return;
    const setAt = this.#clock.now();
    this.#timer = this.#clock.setTimeout(() => {
      const late = this.#clock.now() - setAt > 1.5 * this.#intervalMs;
      if (phase === 'asked' && !late) {
        this.#enter('stopped');
        this.#actions.onDead();
      } else {
        this.#enter('asked');
        this.#actions.onQuiet();
      }
    }, this.#intervalMs);
  }
}
