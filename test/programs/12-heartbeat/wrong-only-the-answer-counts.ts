// Only what comes after your question calms your watchdog, so it asks in the middle of a lively talk.
import { Watchdog as Right, type WatchdogActions } from '../../../solutions/12-heartbeat.ts';
import type { Clock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Watchdog {
  readonly #inner: Right;
  #asked = false;

  constructor(actions: WatchdogActions, clock?: Clock) {
    this.#inner = new Right(
      {
        onQuiet: () => {
          this.#asked = true;
          actions.onQuiet();
        },
        onDead: () => actions.onDead(),
      },
      clock,
    );
  }

  start(intervalMs: number): void {
    this.#asked = false;
    this.#inner.start(intervalMs);
  }

  heard(): void {
    if (this.#asked) this.#inner.heard();
    this.#asked = false;
  }

  stop(): void {
    this.#inner.stop();
  }
}
