/** Time in steps of one length, whenever one looks. It never waits: whoever has it asks how many are due. */
export class FixedStep {
  readonly #stepMs: number;
  readonly #maxSteps: number;
  /** When the step that is under way began. */
  #begun: number;

  /** After a pause of more than `maxSteps` steps the rest is given up: a machine that slept has no day to redo. */
  constructor(stepMs: number, maxSteps: number, now: number) {
    this.#stepMs = stepMs;
    this.#maxSteps = maxSteps;
    this.#begun = now;
  }

  // #region due
  /** How many steps have ended since this was last asked. Ten looks or one: the sum is the same. */
  due(now: number): number {
    // A clock that was put back stops nothing.
    if (now < this.#begun) this.#begun = now;
    const steps = Math.floor((now - this.#begun) / this.#stepMs);
    this.#begun += steps * this.#stepMs;
    return Math.min(steps, this.#maxSteps);
  }
  // #endregion due

  /** How much of the step under way is over, from 0 to 1. */
  fraction(now: number): number {
    return Math.min(Math.max((now - this.#begun) / this.#stepMs, 0), 1);
  }

  /** Milliseconds until the step under way ends. */
  remaining(now: number): number {
    return this.#begun + this.#stepMs - now;
  }
}
