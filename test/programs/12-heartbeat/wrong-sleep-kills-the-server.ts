// After the machine slept, your watchdog gives up on a server it has not asked since: a timer that fires late is no evidence.
import { Watchdog as Right, type WatchdogActions } from '../../../solutions/12-heartbeat.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Watchdog extends Right {
  constructor(actions: WatchdogActions, clock: Clock = systemClock) {
    super(actions, {
      now: () => 0,
      setTimeout: (run, ms) => clock.setTimeout(run, ms),
      clearTimeout: (timer) => clock.clearTimeout(timer),
    });
  }
}
