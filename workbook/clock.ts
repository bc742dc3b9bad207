/** Time as a parameter: the real one, or one that a test or a simulation moves. */
export interface Clock {
  /** Milliseconds since 1970. It goes on while the machine sleeps; timers may not. */
  now(): number;
  /** Runs it once, `ms` milliseconds from now or later; returns what `clearTimeout` takes. */
  setTimeout(run: () => void, ms: number): unknown;
  /** Without effect on a timer that has run, was cleared, or never was. */
  clearTimeout(timer: unknown): void;
}

/** The real time, in Node and in a page. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
};
