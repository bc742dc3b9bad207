import { decodeSnapshot, encodeInput, type Player, type Snapshot } from './codec.ts';
import { Timeline } from './interpolation.ts';
import type { Point } from './point.ts';
import { Prediction } from './prediction.ts';

/** How to draw. Both off: everybody as in the newest snapshot. */
interface Techniques {
  prediction: boolean;
  interpolation: boolean;
}

/** What there is to draw, in units of the world. */
export interface Scene {
  you: number;
  places: Map<number, Point>;
  /** Where the newest snapshot has one's own player. */
  confirmed: Player | undefined;
}

/** What the page shows in figures. */
interface Figures {
  tick: number;
  /** Bytes of the newest snapshot. */
  bytes: number;
  /** Ticks that never came: this page was too slow for them. */
  skipped: number;
  /** From an input until a snapshot with it came, in milliseconds. It has waited for a tick in between. */
  roundTripMs: number | undefined;
  unacknowledged: number;
  /** Corrections so far, and how far the last one was, in units. */
  corrections: number;
  lastCorrection: number;
}

/** One connection's view of the game, without its socket and its page. Times are milliseconds of any one clock. */
export class GameClient {
  readonly #send: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly #timeline = new Timeline();
  /** From the first snapshot on. */
  #prediction: Prediction | undefined;
  /** When each input that is not acknowledged was made, by its number. */
  readonly #madeAt = new Map<number, number>();
  readonly #figures: Figures = {
    tick: 0,
    bytes: 0,
    skipped: 0,
    roundTripMs: undefined,
    unacknowledged: 0,
    corrections: 0,
    lastCorrection: 0,
  };

  constructor(send: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  get figures(): Readonly<Figures> {
    return { ...this.#figures, unacknowledged: this.#prediction?.unacknowledged ?? 0 };
  }

  /** A message came. @throws MalformedMessage when it is no snapshot. */
  receive(bytes: Uint8Array, now: number): void {
    const snapshot = decodeSnapshot(bytes);
    const last = this.#timeline.newest?.tick;
    this.#figures.skipped += last === undefined ? 0 : snapshot.tick - last - 1;
    this.#figures.tick = snapshot.tick;
    this.#figures.bytes = bytes.length;
    this.#timeline.add(snapshot, now);
    const own = ownOf(snapshot);
    if (!own) return;
    this.#prediction ??= new Prediction(own);
    this.#count(this.#prediction.reconcile(own, snapshot.acknowledged));
    this.#measure(snapshot.acknowledged, now);
  }

  /** One step, `tickMs` after the last: what is held down now is done here, and sent. */
  step(keys: number, now: number): void {
    const input = this.#prediction?.press(keys);
    if (!input) return;
    this.#madeAt.set(input.seq, now);
    this.#send(encodeInput({ ...input, seen: this.#figures.tick }));
  }

  // #region scene
  /** `fraction`: how much of the step under way is over, 0 to 1. */
  scene(now: number, fraction: number, { prediction, interpolation }: Techniques): Scene {
    const newest = this.#timeline.newest;
    const places: Map<number, Point> = interpolation
      ? this.#timeline.at(now)
      : new Map(newest?.players.map((player) => [player.id, player]));
    const you = newest?.you ?? 0;
    if (prediction && this.#prediction) places.set(you, this.#prediction.at(fraction));
    return { you, places, confirmed: newest && ownOf(newest) };
  }
  // #endregion scene

  #count(correction: number): void {
    if (correction === 0) return;
    this.#figures.corrections++;
    this.#figures.lastCorrection = correction;
  }

  #measure(acknowledged: number, now: number): void {
    const madeAt = this.#madeAt.get(acknowledged);
    if (madeAt !== undefined) this.#figures.roundTripMs = now - madeAt;
    for (const seq of this.#madeAt.keys()) if (seq <= acknowledged) this.#madeAt.delete(seq);
  }
}

function ownOf({ you, players }: Snapshot): Player | undefined {
  return players.find(({ id }) => id === you);
}
