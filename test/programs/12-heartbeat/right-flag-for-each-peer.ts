// Right, in the way of most servers: a flag for each peer, set by whatever comes, taken away by each sweep.
import type { Pingable } from '../../../solutions/12-heartbeat.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> {
  #alive = new Map<Peer, boolean>();
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #timer: unknown;

  constructor(intervalMs: number, clock: Clock = systemClock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  get size(): number {
    return this.#alive.size;
  }

  add(peer: Peer): void {
    this.#alive.set(peer, true);
    if (this.size === 1) this.#wait();
  }

  heard(peer: Peer): void {
    if (this.#alive.has(peer)) this.#alive.set(peer, true);
  }

  remove(peer: Peer): void {
    this.#alive.delete(peer);
    if (this.size === 0) this.#clock.clearTimeout(this.#timer);
  }

  stop(): void {
    this.#alive.clear();
    this.#clock.clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#clock.clearTimeout(this.#timer);
    const due = this.#clock.now() + this.#intervalMs;
    this.#timer = this.#clock.setTimeout(() => {
      const late = this.#clock.now() > due + this.#intervalMs / 2;
      const before = this.#alive;
      this.#alive = new Map([...before].filter(([, alive]) => alive || late).map(([peer]) => [peer, false]));
      if (this.size > 0) this.#wait();
      for (const [peer, alive] of before) {
        if (alive || late) peer.ping();
        else peer.terminate();
      }
    }, this.#intervalMs);
  }
}
