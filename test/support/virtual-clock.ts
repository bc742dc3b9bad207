import type { Clock } from '../../workbook/clock.ts';

interface Timer {
  /** Undefined once it has run or was cleared. */
  run: (() => void) | undefined;
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
  readonly #due = new Map<number, Timer[]>();

  now(): number {
    return this.#now;
  }

  setTimeout(run: () => void, ms: number): unknown {
    const at = this.#time + Math.max(1, Math.ceil(ms));
    const timer: Timer = { run };
    const together = this.#due.get(at);
    if (together) together.push(timer);
    else this.#due.set(at, [timer]);
    this.timerCount++;
    this.timersSet++;
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#take(timer as Timer | undefined);
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
    for (const timer of this.#due.get(at) ?? []) this.#take(timer)?.();
    this.#due.delete(at);
  }

  #take(timer: Timer | undefined): (() => void) | undefined {
    const run = timer?.run;
    if (!timer || !run) return undefined;
    timer.run = undefined;
    this.timerCount--;
    return run;
  }
}
