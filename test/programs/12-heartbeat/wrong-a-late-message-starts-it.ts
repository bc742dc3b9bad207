// A message that comes after stop starts your watchdog again, and it ends a connection that nobody has.
import { Watchdog as Right, type WatchdogActions } from '../../../solutions/12-heartbeat.ts';
import type { Clock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Watchdog {
  readonly #inner: Right;
  #intervalMs = 1_000;

  constructor(actions: WatchdogActions, clock?: Clock) {
    this.#inner = new Right(actions, clock);
  }

  start(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#inner.start(intervalMs);
  }

  heard(): void {
    this.#inner.start(this.#intervalMs);
  }

  stop(): void {
    this.#inner.stop();
  }
}
