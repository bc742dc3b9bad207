import type { Measure, Reading } from './measures.ts';

/** The last readings, and what a measure says of them. */
export class History {
  readonly #readings: (Reading | undefined)[] = [];
  readonly #length: number;

  /** `length`: readings kept. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Undefined: the server did not answer. */
  add(reading: Reading | undefined): void {
    this.#readings.push(reading);
    if (this.#readings.length > this.#length) this.#readings.shift();
  }

  get newest(): Reading | undefined {
    return this.#readings.at(-1);
  }

  get oldest(): Reading | undefined {
    return this.#readings.find((reading) => reading !== undefined);
  }

  /** One value a reading, the oldest first. Between a reading and one that failed there is no rate. */
  valuesOf({ read }: Measure): (number | undefined)[] {
    return this.#readings.map((reading, index) => reading && read(reading, this.#readings[index - 1]));
  }
}
