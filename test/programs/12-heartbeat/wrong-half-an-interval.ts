// Your sweeps come twice in an interval, so a peer has half of it to answer.
import { type Pingable, Heartbeat as Right } from '../../../solutions/12-heartbeat.ts';
import type { Clock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> extends Right<Peer> {
  constructor(intervalMs: number, clock?: Clock) {
    super(intervalMs / 2, clock);
  }
}
