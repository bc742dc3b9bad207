import { steer } from './bots.ts';
import type { Input, Player, Snapshot } from './codec.ts';
import { type Body, bump, height, step, width } from './world.ts';

/** So many make a snapshot of 119 bytes: up to 125 a frame's header is two bytes. */
export const maxPlayers = 12;

/** Steps that a player may be late with: 250 ms, what one lost segment may hold back. */
const maxSavedSteps = 5;

/** Somebody in the arena, and what has come of theirs since the last tick. */
export interface Seat {
  readonly id: number;
  body: Body;
  /** In order; each tick takes all. Whoever fills this sees that it stays short. */
  inputs: Input[];
  acknowledged: number;
  /** How many inputs may still count: one more with each tick. */
  steps: number;
}

/** The world of the server, which alone decides. It knows no sockets and no time. */
export class Arena {
  #tick = 0;
  readonly #seats = new Map<number, Seat>();
  readonly #bots: Seat[] = [];

  /** `bots`: players whom the server steers, so that there is something to see for whoever is alone. */
  constructor(bots: number) {
    for (let index = 0; index < bots; index++) {
      const bot = this.enter();
      if (bot) this.#bots.push(bot);
    }
  }

  /** How many ticks have been. */
  get tick(): number {
    return this.#tick;
  }

  /** A place of one's own; undefined when all are taken. */
  enter(): Seat | undefined {
    let id = 1;
    while (this.#seats.has(id)) id++;
    if (id > maxPlayers) return undefined;
    // A column each, in one of three rows.
    const body = { x: (width / 16) * (id + 2), y: (height / 4) * (1 + (id % 3)), vx: 0, vy: 0 };
    const seat: Seat = { id, body, inputs: [], acknowledged: 0, steps: 0 };
    this.#seats.set(id, seat);
    return seat;
  }

  leave({ id }: Seat): void {
    this.#seats.delete(id);
  }

  // #region tick
  /** One tick for all. An input counts once, and not more of them than ticks have passed. */
  step(): void {
    this.#tick++;
    for (const bot of this.#bots) bot.inputs.push({ seq: this.#tick, keys: steer(bot.id, this.#tick) });
    for (const seat of this.#seats.values()) {
      seat.steps = Math.min(seat.steps + 1, maxSavedSteps);
      for (const { seq, keys } of seat.inputs.splice(0)) {
        // Acknowledged all the same: the page must not wait for an input that is thrown away.
        seat.acknowledged = seq;
        if (seat.steps === 0) continue;
        seat.steps--;
        seat.body = step(seat.body, keys);
      }
    }
    this.#bumpAll();
  }
  // #endregion tick

  snapshotFor({ id, acknowledged }: Seat): Snapshot {
    const players: Player[] = Array.from(this.#seats.values(), ({ id, body }) => ({ id, ...body }));
    return { you: id, tick: this.#tick, acknowledged, players };
  }

  #bumpAll(): void {
    const seats = [...this.#seats.values()];
    for (const [index, one] of seats.entries()) {
      for (const other of seats.slice(index + 1)) [one.body, other.body] = bump(one.body, other.body);
    }
  }
}
