// Your watchdog gives up at the first silence: a quiet room is no dead server. Ask first.
import { Watchdog as Right, type WatchdogActions } from '../../../solutions/12-heartbeat.ts';
import type { Clock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Watchdog extends Right {
  constructor(actions: WatchdogActions, clock?: Clock) {
    const giveUp = () => {
      this.stop();
      actions.onDead();
    };
    super({ onQuiet: giveUp, onDead: giveUp }, clock);
  }
}
