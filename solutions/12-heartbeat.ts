import { type Clock, systemClock } from '../workbook/clock.ts';

/** What a heartbeat does to a peer: the names of lab 06 and of `ws`. */
export interface Pingable {
  /** Sends a ping (RFC 6455 §5.5.2). */
  ping(): void;
  /** Ends TCP at once, with no closing handshake: the peer would not answer a Close frame. */
  terminate(): void;
}

// #region solution: helpers of your own, if you like: both classes ask whether their timer came much too late
// #region late
/**
 * Whether a timer fired so late that the silence before it says nothing: the machine slept, or this process
 * was stopped, and what came meanwhile is still unread.
 */
function isLate(clock: Clock, dueAt: number, intervalMs: number): boolean {
  return clock.now() - dueAt > intervalMs / 2;
}
// #endregion late
// #endregion

/**
 * The server's side: one sweep for all connections. Each sweep terminates whoever has been silent since it was
 * pinged at the last one, and pings the others. So a peer always has a whole interval to answer, and one that
 * is gone is found within two intervals of its last sign of life.
 *
 * A sweep that comes more than half an interval late is no evidence: it pings, and terminates nobody.
 * While there are no peers there is no timer.
 */
export class Heartbeat<Peer extends Pingable> {
  // #region solution: fields: which peers have given a sign of life since the last sweep, which have not, the timer
  readonly #intervalMs: number;
  readonly #clock: Clock;
  /** Heard since the last sweep, or new. */
  #heard = new Set<Peer>();
  /** Pinged at the last sweep, and silent since. */
  #silent = new Set<Peer>();
  #timer: unknown;
  // #endregion

  /** `intervalMs`: from one sweep to the next, in milliseconds; more than 0. */
  constructor(intervalMs: number, clock: Clock = systemClock) {
    // #region solution: keep them; no timer yet
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    // #endregion
  }

  /** How many peers are watched. */
  get size(): number {
    // #region solution: count the peers you keep
    return this.#heard.size + this.#silent.size;
    // #endregion
  }

  /** Watches a peer from now on. It is pinged first at the next sweep. */
  add(peer: Peer): void {
    // #region solution: to be new is a sign of life; the first peer starts the sweeps
    if (this.size === 0) this.#sweepLater();
    this.#silent.delete(peer);
    this.#heard.add(peer);
    // #endregion
  }

  /** Something came from the peer: a pong, a ping or a message, whatever was in it. A stranger stays one. */
  heard(peer: Peer): void {
    // #region solution: remember it until the next sweep, at no cost that grows with the number of peers
    if (this.#silent.delete(peer)) this.#heard.add(peer);
    // #endregion
  }

  /** Forgets a peer: its connection is closed. The last one takes the timer with it. */
  remove(peer: Peer): void {
    // #region solution: leave nothing of it behind, and no timer when nobody is left
    this.#heard.delete(peer);
    this.#silent.delete(peer);
    if (this.size === 0) this.#clock.clearTimeout(this.#timer);
    // #endregion
  }

  /** Forgets all peers, and stops. */
  stop(): void {
    // #region solution: as if all were removed
    this.#heard.clear();
    this.#silent.clear();
    this.#clock.clearTimeout(this.#timer);
    // #endregion
  }

  // #region solution: the sweep, and the timer for the next one
  // #region sweep
  #sweepLater(): void {
    const dueAt = this.#clock.now() + this.#intervalMs;
    this.#timer = this.#clock.setTimeout(() => this.#sweep(dueAt), this.#intervalMs);
  }

  #sweep(dueAt: number): void {
    const dead = isLate(this.#clock, dueAt, this.#intervalMs) ? [] : [...this.#silent];
    for (const peer of dead) this.#silent.delete(peer);
    const living = [...this.#heard, ...this.#silent];
    this.#silent = new Set(living);
    this.#heard = new Set();
    // Before any peer is touched: what happens to one may add and remove others.
    if (this.size > 0) this.#sweepLater();
    for (const peer of living) peer.ping();
    for (const peer of dead) peer.terminate();
  }
  // #endregion sweep
  // #endregion
}

/** What a client does about silence. */
export interface WatchdogActions {
  /** Nothing has come for one interval: time to ask, in the chat with `ping {}`. */
  onQuiet(): void;
  /** It was asked, and nothing has come for another interval: the other side is gone. */
  onDead(): void;
}

/**
 * The client's side. A page's script neither sees the server's pings nor can send any (WHATWG WebSockets), so it
 * counts messages, and asks with one of the application's own when none come. A dead server is found two
 * intervals after its last message.
 *
 * A timer that fires more than half an interval late is no evidence: it asks once more.
 */
export class Watchdog {
  // #region solution: fields: the actions, the interval, the timer, whether it has asked
  readonly #actions: WatchdogActions;
  readonly #clock: Clock;
  #intervalMs: number | undefined;
  #timer: unknown;
  // #endregion

  constructor(actions: WatchdogActions, clock: Clock = systemClock) {
    // #region solution: keep them; nothing runs until start
    this.#actions = actions;
    this.#clock = clock;
    // #endregion
  }

  /** Begins to watch, or goes on with another interval, in milliseconds; to start is a sign of life. */
  start(intervalMs: number): void {
    // #region solution: keep the interval and wait for one of it
    this.#intervalMs = intervalMs;
    this.heard();
    // #endregion
  }

  /** A message came. Without effect while nothing is watched. */
  heard(): void {
    // #region solution: all begins anew: one quiet interval, then the question
    if (this.#intervalMs !== undefined) this.#wait(this.#intervalMs, () => this.#ask());
    // #endregion
  }

  /** Stops watching; no action is called any more. */
  stop(): void {
    // #region solution: stop the timer, and see that `heard` does not start it again
    this.#intervalMs = undefined;
    this.#clock.clearTimeout(this.#timer);
    // #endregion
  }

  // #region solution: one timer: first until it asks, then until it gives up
  // #region watch
  #wait(intervalMs: number, then: () => void): void {
    this.#clock.clearTimeout(this.#timer);
    const dueAt = this.#clock.now() + intervalMs;
    this.#timer = this.#clock.setTimeout(() => {
      if (isLate(this.#clock, dueAt, intervalMs)) this.#ask();
      else then();
    }, intervalMs);
  }

  #ask(): void {
    if (this.#intervalMs === undefined) return;
    this.#wait(this.#intervalMs, () => {
      this.stop();
      this.#actions.onDead();
    });
    this.#actions.onQuiet();
  }
  // #endregion watch
  // #endregion
}
