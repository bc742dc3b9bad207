// Right, with a watchdog that ticks ten times an interval and counts quiet ticks, instead of a timer for each message.
import type { WatchdogActions } from '../../../solutions/12-heartbeat.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

const ticks = 10;

export class Watchdog {
  readonly #actions: WatchdogActions;
  readonly #clock: Clock;
  #intervalMs = 0;
  #running = false;
  #quietSince = 0;
  #asked = false;
  #timer: unknown;

  constructor(actions: WatchdogActions, clock: Clock = systemClock) {
    this.#actions = actions;
    this.#clock = clock;
  }

  start(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#running = true;
    this.heard();
  }

  heard(): void {
    if (!this.#running) return;
    this.#asked = false;
    this.#quietSince = this.#clock.now();
    this.#tick();
  }

  stop(): void {
    this.#running = false;
    this.#clock.clearTimeout(this.#timer);
  }

  #tick(): void {
    this.#clock.clearTimeout(this.#timer);
    const tickMs = this.#intervalMs / ticks;
    const due = this.#clock.now() + tickMs;
    this.#timer = this.#clock.setTimeout(() => {
      const now = this.#clock.now();
      if (now - due > this.#intervalMs / 2) this.#ask();
      else if (now - this.#quietSince < this.#intervalMs) this.#tick();
      else if (this.#asked) {
        this.stop();
        this.#actions.onDead();
      } else this.#ask();
    }, tickMs);
  }

  #ask(): void {
    this.#asked = true;
    this.#quietSince = this.#clock.now();
    this.#tick();
    this.#actions.onQuiet();
  }
}
