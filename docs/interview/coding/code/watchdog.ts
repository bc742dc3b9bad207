export interface WatchdogActions {
  /** Silence for one interval: send the application's own ping. */
  ask(): void;
  /** Asked, and silence for another: close the socket, and reconnect. */
  dead(): void;
}

/** The page's side of a heartbeat: it can neither send nor see pings, so it goes by messages. */
export class Watchdog {
  readonly #intervalMs: number;
  readonly #actions: WatchdogActions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;

  constructor(intervalMs: number, actions: WatchdogActions) {
    this.#intervalMs = intervalMs;
    this.#actions = actions;
  }

  start(): void {
    this.#isRunning = true;
    this.#wait(() => this.#ask());
  }

  /** Any message is a sign of life, not only the answer to a ping. */
  heard(): void {
    if (this.#isRunning) this.#wait(() => this.#ask());
  }

  stop(): void {
    this.#isRunning = false;
    clearTimeout(this.#timer);
  }

  #wait(then: () => void): void {
    clearTimeout(this.#timer);
    const dueAt = Date.now() + this.#intervalMs;
    this.#timer = setTimeout(() => {
      // The laptop slept, or the tab was throttled: what came meanwhile is not read yet. Ask again.
      const isLate = Date.now() - dueAt > this.#intervalMs / 2;
      if (isLate) this.#ask();
      else then();
    }, this.#intervalMs);
  }

  #ask(): void {
    this.#wait(() => {
      this.stop();
      this.#actions.dead();
    });
    this.#actions.ask();
  }
}
