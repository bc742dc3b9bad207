// You take dead peers out of the array while you walk through it: the one after each is skipped.
import type { Pingable } from '../../../solutions/12-heartbeat.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/12-heartbeat.ts';

export class Heartbeat<Peer extends Pingable> {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #peers: { peer: Peer; alive: boolean }[] = [];
  #timer: unknown;

  constructor(intervalMs: number, clock: Clock = systemClock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  get size(): number {
    return this.#peers.length;
  }

  add(peer: Peer): void {
    this.#peers = this.#peers.filter((entry) => entry.peer !== peer);
    if (this.size === 0) this.#sweepLater();
    this.#peers.push({ peer, alive: true });
  }

  heard(peer: Peer): void {
    const entry = this.#peers.find((candidate) => candidate.peer === peer);
    if (entry) entry.alive = true;
  }

  remove(peer: Peer): void {
    const at = this.#peers.findIndex((entry) => entry.peer === peer);
    if (at !== -1) this.#peers.splice(at, 1);
    if (this.size === 0) this.#clock.clearTimeout(this.#timer);
  }

  stop(): void {
    this.#peers = [];
    this.#clock.clearTimeout(this.#timer);
  }

  #sweepLater(): void {
    this.#clock.clearTimeout(this.#timer);
    const dueAt = this.#clock.now() + this.#intervalMs;
    this.#timer = this.#clock.setTimeout(() => {
      this.#sweepLater();
      const late = this.#clock.now() - dueAt > this.#intervalMs / 2;
      for (const entry of this.#peers) {
        if (entry.alive || late) {
          entry.alive = false;
          entry.peer.ping();
        } else {
          this.remove(entry.peer);
          entry.peer.terminate();
        }
      }
    }, this.#intervalMs);
  }
}
