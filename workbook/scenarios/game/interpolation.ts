import type { Snapshot } from './codec.ts';
import { between, type Point } from './point.ts';
import { tickMs } from './world.ts';

/** So far in the past the others are drawn: two ticks, so that one may be late or missing. */
const interpolationMs = 100;
/** Snapshots kept, and arrivals looked at: one second. */
const kept = 20;

/** The snapshots that have come, as a film that plays a little behind. Times are milliseconds of any one clock. */
export class Timeline {
  /** In order; the first is the one before what is shown. */
  readonly #snapshots: Snapshot[] = [];
  /** When tick 0 was here, as each of the last arrivals has it: the least is the one that was held up least. */
  readonly #starts: number[] = [];

  add(snapshot: Snapshot, now: number): void {
    this.#snapshots.push(snapshot);
    this.#starts.push(now - snapshot.tick * tickMs);
    for (const list of [this.#snapshots, this.#starts]) if (list.length > kept) list.shift();
  }

  get newest(): Snapshot | undefined {
    return this.#snapshots.at(-1);
  }

  // #region at
  /** Where everyone was 100 ms before the newest that can have come by now. Between ticks, on a straight line. */
  at(now: number): Map<number, Point> {
    const tick = (now - Math.min(...this.#starts) - interpolationMs) / tickMs;
    while (this.#snapshots.length > 1 && this.#snapshots[1].tick <= tick) this.#snapshots.shift();
    const [before, after = before] = this.#snapshots;
    return before ? placesBetween(before, after, tick) : new Map();
  }
  // #endregion at
}

// #region between
/** `tick`, with its fraction, lies between the two; before the first and after the last nobody moves. */
export function placesBetween(before: Snapshot, after: Snapshot, tick: number): Map<number, Point> {
  const ticks = Math.max(after.tick - before.tick, 1);
  const fraction = Math.min(Math.max((tick - before.tick) / ticks, 0), 1);
  const earlier = new Map(before.players.map((player) => [player.id, player]));
  return new Map(
    // Who has just come was nowhere before.
    after.players.map((player) => [player.id, between(earlier.get(player.id) ?? player, player, fraction)]),
  );
}
// #endregion between
