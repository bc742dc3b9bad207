// Your watchdog asks and asks, and never says that the server is dead.
import { Watchdog as Right, type WatchdogActions } from '../../../solutions/12-heartbeat.ts';
import type { Clock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Watchdog extends Right {
  #intervalMs = 0;

  constructor(actions: WatchdogActions, clock?: Clock) {
    super(
      {
        onQuiet: () => actions.onQuiet(),
        onDead: () => {
          this.start(this.#intervalMs);
          actions.onQuiet();
        },
      },
      clock,
    );
  }

  override start(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    super.start(intervalMs);
  }
}
