// You call onQuiet and then forget what was heard meanwhile: an answer that comes at once does not count.
import { Watchdog as Right, type WatchdogActions } from '../../../solutions/12-heartbeat.ts';
import type { Clock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Watchdog {
  readonly #inner: Right;
  #asking = false;

  constructor(actions: WatchdogActions, clock?: Clock) {
    this.#inner = new Right(
      {
        onQuiet: () => {
          this.#asking = true;
          actions.onQuiet();
          this.#asking = false;
        },
        onDead: () => actions.onDead(),
      },
      clock,
    );
  }

  start(intervalMs: number): void {
    this.#inner.start(intervalMs);
  }

  heard(): void {
    if (!this.#asking) this.#inner.heard();
  }

  stop(): void {
    this.#inner.stop();
  }
}
