import type { Values } from './messages.ts';

const services = ['api', 'auth', 'cart', 'mail', 'pay', 'rank', 'shop', 'sync'];

/** Where a measure begins, and how far one change moves it, in its own unit. */
const measures = {
  cpu: { start: 40, step: 2 },
  mem: { start: 60, step: 1 },
  rps: { start: 900, step: 30 },
  p99: { start: 120, step: 6 },
  err: { start: 3, step: 0.4 },
};
type Measure = keyof typeof measures;

/** A source of changes: invented, and the same for the same random numbers. */
export class Source {
  static readonly services: readonly string[] = services;
  static readonly measures = Object.keys(measures) as readonly Measure[];
  /** Changes so far. */
  version = 0;
  /** The newest of each metric, `api/cpu` say. */
  readonly values: Values = {};
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
    for (const service of services) {
      for (const [measure, { start }] of Object.entries(measures)) {
        this.values[`${service}/${measure}`] = start;
      }
    }
  }

  /** One metric changes. It wanders, and is drawn back to where it began. */
  change(): { name: string; value: number } {
    const service = this.#draw(services);
    const measure = this.#draw(Source.measures);
    const { start, step } = measures[measure];
    const name = `${service}/${measure}`;
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
