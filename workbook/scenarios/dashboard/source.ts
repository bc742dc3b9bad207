import type { Values } from './messages.ts';
import { type Measure, measures, services } from './names.ts';

/** Where a measure begins, and how far one change moves it, in its own unit. */
const ranges: Record<Measure, { start: number; step: number }> = {
  cpu: { start: 40, step: 2 },
  mem: { start: 60, step: 1 },
  rps: { start: 900, step: 30 },
  p99: { start: 120, step: 6 },
  err: { start: 3, step: 0.4 },
};

/** A source of changes: invented, and the same for the same random numbers. */
export class Source {
  /** Changes so far. */
  version = 0;
  /** The newest of each metric, `api/cpu` say. */
  readonly values: Values = {};
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
    for (const service of services) {
      for (const measure of measures) this.values[`${service}/${measure}`] = ranges[measure].start;
    }
  }

  /** One metric changes. It wanders, and is drawn back to where it began. */
  change(): { name: string; value: number } {
    const measure = this.#draw(measures);
    const { start, step } = ranges[measure];
    const name = `${this.#draw(services)}/${measure}`;
    const wandered = this.values[name] + step * (2 * this.#random() - 1);
    const value = Math.max(0, Math.round(10 * (wandered + 0.05 * (start - wandered))) / 10);
    this.values[name] = value;
    this.version++;
    return { name, value };
  }

  #draw<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)];
  }
}
