// You forgive a first silence: a dead peer is found after three intervals, not within two.
import { type Pingable, Heartbeat as Right } from '../../../solutions/12-heartbeat.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> extends Right<Peer> {
  readonly #clock: Clock;
  readonly #intervalMs: number;

  constructor(intervalMs: number, clock: Clock = systemClock) {
    super(intervalMs, clock);
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  override add(peer: Peer): void {
    const terminate = peer.terminate.bind(peer);
    peer.terminate = () => this.#clock.setTimeout(terminate, this.#intervalMs);
    super.add(peer);
  }
}
