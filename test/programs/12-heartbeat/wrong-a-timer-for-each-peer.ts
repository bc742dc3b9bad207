// You set a timer for each peer: ten thousand connections, ten thousand timers. One sweep serves all.
import { type Pingable, Heartbeat as Right } from '../../../solutions/12-heartbeat.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> {
  readonly #own = new Map<Peer, Right<Peer>>();
  readonly #intervalMs: number;
  readonly #clock: Clock;

  constructor(intervalMs: number, clock: Clock = systemClock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  get size(): number {
    return [...this.#own.values()].filter(({ size }) => size > 0).length;
  }

  add(peer: Peer): void {
    this.remove(peer);
    const own = new Right<Peer>(this.#intervalMs, this.#clock);
    this.#own.set(peer, own);
    own.add(peer);
  }

  heard(peer: Peer): void {
    this.#own.get(peer)?.heard(peer);
  }

  remove(peer: Peer): void {
    this.#own.get(peer)?.stop();
    this.#own.delete(peer);
  }

  stop(): void {
    for (const peer of this.#own.keys()) this.remove(peer);
  }
}
