import type { Input } from './codec.ts';
import { between, type Point } from './point.ts';
import { type Body, step } from './world.ts';

/** Inputs that may wait for an answer, 5 s of them: then one's own player stands still, as the line does. */
const maxUnacknowledged = 100;

/** One's own player, ahead of the server: every input is applied at once, and again on top of what the server says. */
export class Prediction {
  /** Where the player is by now, if the server knows no more than this page. */
  #body: Body;
  #unacknowledged: Input[] = [];
  #seq = 0;
  /** How far what is shown is from `#body`: a correction is not jumped to, it fades in. */
  #error: Point = { x: 0, y: 0 };
  /** What is shown at the beginning and the end of the step under way. */
  #from: Point;
  #to: Point;

  constructor(body: Body) {
    this.#body = body;
    this.#from = body;
    this.#to = body;
  }

  /** How many inputs the server has not applied yet, as far as is known here. */
  get unacknowledged(): number {
    return this.#unacknowledged.length;
  }

  // #region press
  /** One step with these keys, at once. Returns what is to be sent; undefined when too many wait for an answer. */
  press(keys: number): Input | undefined {
    if (this.#unacknowledged.length >= maxUnacknowledged) return undefined;
    const input = { seq: ++this.#seq, keys };
    this.#unacknowledged.push(input);
    this.#body = step(this.#body, keys);
    this.#from = this.#to;
    this.#error = { x: this.#error.x / 2, y: this.#error.y / 2 };
    this.#to = { x: this.#body.x + this.#error.x, y: this.#body.y + this.#error.y };
    return input;
  }
  // #endregion press

  // #region reconcile
  /**
   * The server says where the player was after its input `acknowledged`. The later ones are applied again on top.
   * Returns by how much the prediction was wrong; 0 as long as nothing happens that only the server knows.
   */
  reconcile(body: Body, acknowledged: number): number {
    const before = this.#body;
    this.#unacknowledged = this.#unacknowledged.filter(({ seq }) => seq > acknowledged);
    this.#body = this.#unacknowledged.reduce((body, { keys }) => step(body, keys), body);
    const [dx, dy] = [before.x - this.#body.x, before.y - this.#body.y];
    this.#error = { x: this.#error.x + dx, y: this.#error.y + dy };
    return Math.hypot(dx, dy);
  }
  // #endregion reconcile

  /** Where to draw it. `fraction`: how much of the step under way is over, 0 to 1. */
  at(fraction: number): Point {
    return between(this.#from, this.#to, fraction);
  }
}
