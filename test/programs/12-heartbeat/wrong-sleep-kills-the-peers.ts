// After the machine slept, your first sweep terminates peers that had no chance to answer: a sweep that comes late is no evidence.
import { type Pingable, Heartbeat as Right } from '../../../solutions/12-heartbeat.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> extends Right<Peer> {
  constructor(intervalMs: number, clock: Clock = systemClock) {
    super(intervalMs, {
      now: () => 0,
      setTimeout: (run, ms) => clock.setTimeout(run, ms),
      clearTimeout: (timer) => clock.clearTimeout(timer),
    });
  }
}
