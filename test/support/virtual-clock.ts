import type { Clock } from '../../workbook/clock.ts';

interface Timer {
  at: number;
  run: () => void;
}

/** Time that stands still until it is moved, in whole milliseconds. */
export class VirtualClock implements Clock {
  /** How many timers are set. */
  timerCount = 0;
  /** How often a timer was set, ever. */
  timersSet = 0;
  /** Wall time, and the time of timers: a machine that sleeps moves only the first. */
  #now = Date.UTC(2026, 0, 1);
  #time = 0;
  /** All timers due up to here have run. */
  #ran = 0;
  readonly #due = new Map<number, Set<Timer>>();

  now(): number {
    return this.#now;
  }

  setTimeout(run: () => void, ms: number): unknown {
    const timer = { at: this.#time + Math.max(1, Math.ceil(ms)), run };
    const together = this.#due.get(timer.at) ?? new Set();
    this.#due.set(timer.at, together.add(timer));
    this.timerCount++;
    this.timersSet++;
    return timer;
  }

  clearTimeout(timer: unknown): void {
    const { at } = (timer ?? {}) as Partial<Timer>;
    if (at !== undefined && this.#due.get(at)?.delete(timer as Timer)) this.timerCount--;
  }

  /** Time goes by; timers run when they are due. */
  advance(ms: number): void {
    const end = this.#time + ms;
    while (this.#ran < this.#time) this.#runDue(++this.#ran);
    while (this.#time < end) {
      this.#now++;
      this.#runDue(++this.#time);
      this.#ran = this.#time;
    }
  }

  /** The machine sleeps: it wakes at a later time of day, and timers have waited with it. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  /** The process is stopped: what was due meanwhile runs late, when time goes on. */
  freeze(ms: number): void {
    this.#now += ms;
    this.#time += ms;
  }

  #runDue(at: number): void {
    for (const timer of this.#due.get(at) ?? []) {
      this.clearTimeout(timer);
      timer.run();
    }
    this.#due.delete(at);
  }
}
