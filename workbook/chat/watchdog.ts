/** What a client does about silence. */
export interface WatchdogActions {
  /** Nothing has come for one interval: time to ask. */
  onQuiet(): void;
  /** Nothing has come for two: the other side is gone. */
  onDead(): void;
}

/**
 * The client's side of the heartbeat. A page's script neither sees the server's pings nor can send any, so it
 * counts messages, and asks with one of the chat's own when none come.
 */
export class Watchdog {
  readonly #actions: WatchdogActions;
  #intervalMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(actions: WatchdogActions) {
    this.#actions = actions;
  }

  start(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.heard();
  }

  /** Something came. */
  heard(): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(() => this.#actions.onDead(), this.#intervalMs);
      this.#actions.onQuiet();
    }, this.#intervalMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
