import { type Clock, systemClock } from '../workbook/clock.ts';

/** How a client comes back. Times in milliseconds. */
export interface RetryPolicy {
  /** The longest wait before the first retry. Default: 5,000. */
  firstMs: number;
  /** No wait that the client draws is longer. Default: 30,000. */
  capMs: number;
  /** The shortest wait after 1012 and 1013, by which a server asks for a pause; at most `capMs`. Default: 5,000. */
  pauseMs: number;
  /** The longest wait that a server may ask for by a message of its own. Default: 300,000. */
  maxAdviceMs: number;
  /** How long one attempt may take, from its start until it is open. Default: 10,000. */
  connectTimeoutMs: number;
  /** A connection that lasted this long was a good one: the failures before it are forgotten. Default: 10,000. */
  stableMs: number;
  /** After so many retries in a row that failed the client gives up. Default: 30. */
  maxRetries: number;
}

export const defaultPolicy: Readonly<RetryPolicy> = {
  firstMs: 5_000,
  capMs: 30_000,
  pauseMs: 5_000,
  maxAdviceMs: 300_000,
  connectTimeoutMs: 10_000,
  stableMs: 10_000,
  maxRetries: 30,
};

/** Close codes by which the other side asks for a pause (IANA registry): a restart, and too much to do. */
const pauseCodes: readonly number[] = [1012, 1013];

// #region retry-delay
/**
 * The wait before a retry, in milliseconds: full jitter inside the cap. `failures` counts from 0, for the first
 * retry. That one is random too: with a fixed one, all clients of a server that fails would knock at once.
 */
export function retryDelay(
  failures: number,
  { firstMs, capMs }: Pick<RetryPolicy, 'firstMs' | 'capMs'> = defaultPolicy,
  random: () => number = Math.random,
): number {
  // #region solution: a limit that doubles with each failure, up to the cap; then a random part of that limit
  return random() * Math.min(capMs, firstMs * 2 ** failures);
  // #endregion
}
// #endregion retry-delay

/**
 * Whether to come back after this close code. Yes where the next connection may end otherwise: 1001 (going
 * away), 1005 and 1006 (no word at all), 1011 (server error), 1012, 1013, 1014 and 1015 (restart, too much to
 * do, a gateway's trouble, TLS), 3008 (timeout). Not after any other: 1000 was meant, and by the others, 4000
 * to 4999 included, the other side said no (RFC 6455 §7.4).
 */
export function isRetryable(code: number): boolean {
  // #region solution: a list of the codes that promise something, for a new one may mean no
  return [1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 3008].includes(code);
  // #endregion
}

export type ReconnectState =
  /** An attempt is under way. */
  | { name: 'connecting' }
  | { name: 'open' }
  /** Lost, or not reached; the next attempt is at `retryAt`, in ms since 1970. */
  | { name: 'waiting'; retryAt: number }
  /** The machine has no network: no attempt until it has, or a person asks. */
  | { name: 'offline' }
  /** Not started yet, or `stop` was called. */
  | { name: 'closed'; cause: 'stopped' }
  /** After `maxRetries` in a row. Ends by `tryNow`, `pageShown` or `networkBack`. */
  | { name: 'closed'; cause: 'gave up' }
  /** The other side closed with a code that is not retryable. Ends by `tryNow` only. */
  | { name: 'closed'; cause: 'refused'; code: number; reason: string };

/** One connection, from the attempt to its end. What it tells when its turn is over is ignored. */
export interface Attempt {
  /** It is of use now: for the chat when `welcome` has come, not when the socket is open. */
  opened(): void;
  /** It is gone, or never came: the code and reason of the `close` event, or 1006 where there was none. */
  closed(code: number, reason?: string): void;
}

export interface ReconnectorOptions {
  /**
   * Starts a connection; one at a time. Returns what ends it: called once for an attempt that took too long, or
   * when `stop` is called. Must not throw: what goes wrong is told by `closed`, at once or later.
   */
  connect(attempt: Attempt): () => void;
  /** Called after every change. */
  onState(state: ReconnectState): void;
  policy?: Partial<RetryPolicy>;
  /** For an application that gives codes of its own a meaning. Default: `isRetryable`. */
  isRetryable?: (code: number) => boolean;
  clock?: Clock;
  /** From 0 inclusive to 1 exclusive. Default: `Math.random`. */
  random?: () => number;
}

/**
 * Keeps one connection up. It opens no socket itself: it says when, and is told what came of it. So it runs in
 * Node and in a page, over any transport, and in a test under a clock that the test moves.
 */
export class Reconnector {
  // #region solution: fields: the options; the state; the attempt whose turn it is and what ends it; failures in a row; one timer; the server's advice; whether there is a network
  readonly #options: ReconnectorOptions;
  readonly #policy: RetryPolicy;
  readonly #clock: Clock;
  readonly #random: () => number;
  #state: ReconnectState = { name: 'closed', cause: 'stopped' };
  #attempt: Attempt | undefined;
  #end: (() => void) | undefined;
  #failures = 0;
  #adviceMs: number | undefined;
  #hasNetwork = true;
  /** One at most: `connecting` waits for its timeout, `open` to be stable, `waiting` for the next attempt. */
  #timer: unknown;
  // #endregion

  constructor(options: ReconnectorOptions) {
    // #region solution: keep the options, with the defaults filled in; nothing starts yet
    this.#options = options;
    this.#policy = { ...defaultPolicy, ...options.policy };
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    // #endregion
  }

  get state(): ReconnectState {
    // #region solution: the state you keep
    return this.#state;
    // #endregion
  }

  /**
   * A person asks: connects at once, from any state but `connecting` and `open`. After `closed` the failures are
   * forgotten; while waiting they count on.
   */
  tryNow(): void {
    // #region solution: at most one attempt at a time
    if (this.#state.name === 'connecting' || this.#state.name === 'open') return;
    if (this.#state.name === 'closed') this.#failures = 0;
    this.#connect();
    // #endregion
  }

  /** Ends the connection or attempt, if there is one, and stays closed until `tryNow`. */
  stop(): void {
    // #region solution: end what is under way, leave no timer
    this.#dismiss();
    this.#adviceMs = undefined;
    this.#enter({ name: 'closed', cause: 'stopped' });
    // #endregion
  }

  /**
   * The server says when to come back, in milliseconds from the moment the connection is lost; it has spread its
   * clients itself. Good for the next loss, up to `maxAdviceMs`; `stop` forgets it.
   */
  advise(ms: number): void {
    // #region solution: remember it for the next wait; what comes from a network is not trusted to be a sensible number
    if (ms >= 0) this.#adviceMs = Math.min(ms, this.#policy.maxAdviceMs);
    // #endregion
  }

  /** The machine says that it has no network. To wait for a time makes no sense; a connection may live on. */
  networkLost(): void {
    // #region solution: only waiting ends; remember it for what is lost later
    this.#hasNetwork = false;
    if (this.#state.name === 'waiting') this.#enter({ name: 'offline' });
    // #endregion
  }

  /**
   * The machine says that it has a network again. Many machines may at the same moment, when one access point
   * comes back: so the client waits a random time, as for a first retry.
   */
  networkBack(): void {
    // #region solution: the failures before say nothing any more; who is to come back waits a little, at random
    this.#hasNetwork = true;
    if (this.#state.name !== 'offline' && !this.#hasGivenUp()) return;
    this.#failures = 0;
    this.#wait(retryDelay(0, this.#policy, this.#random));
    // #endregion
  }

  /** A page is shown again, from the back/forward cache say: a person is there, so it connects at once. */
  pageShown(): void {
    // #region solution: as tryNow, but not against a refusal or a stop
    if (this.#state.name !== 'closed' || this.#hasGivenUp()) this.tryNow();
    // #endregion
  }

  // #region solution: the attempt, its end, the wait, and entering a state
  // #region connect
  #connect(): void {
    const attempt: Attempt = {
      opened: () => attempt === this.#attempt && this.#onOpened(),
      closed: (code, reason = '') => attempt === this.#attempt && this.#onClosed(code, reason),
    };
    this.#attempt = attempt;
    this.#enter({ name: 'connecting' }, this.#policy.connectTimeoutMs, () => {
      this.#dismiss();
      this.#onClosed(1006, '');
    });
    // Whoever was told of `connecting` may have stopped it.
    if (attempt !== this.#attempt) return;
    const end = this.#options.connect(attempt);
    if (attempt === this.#attempt) this.#end = end;
  }
  // #endregion connect

  #onOpened(): void {
    if (this.#state.name !== 'connecting') return;
    this.#enter({ name: 'open' }, this.#policy.stableMs, () => {
      this.#failures = 0;
    });
  }

  // #region on-closed
  #onClosed(code: number, reason: string): void {
    this.#attempt = undefined;
    this.#end = undefined;
    const adviceMs = this.#adviceMs;
    this.#adviceMs = undefined;
    const retryable = this.#options.isRetryable ?? isRetryable;
    if (!retryable(code)) {
      this.#enter({ name: 'closed', cause: 'refused', code, reason });
    } else if (!this.#hasNetwork) {
      this.#enter({ name: 'offline' });
    } else if (this.#failures >= this.#policy.maxRetries) {
      this.#enter({ name: 'closed', cause: 'gave up' });
    } else {
      const ms = adviceMs ?? this.#drawDelay(code);
      this.#failures++;
      this.#wait(ms);
    }
  }

  #drawDelay(code: number): number {
    const { pauseMs, capMs } = this.#policy;
    if (!pauseCodes.includes(code)) return retryDelay(this.#failures, this.#policy, this.#random);
    return pauseMs + this.#random() * (capMs - pauseMs);
  }
  // #endregion on-closed

  #wait(ms: number): void {
    this.#enter({ name: 'waiting', retryAt: this.#clock.now() + ms }, ms, () => this.#connect());
  }

  /** Nobody's turn: what the connection says from now on is ignored. */
  #dismiss(): void {
    const end = this.#end;
    this.#attempt = undefined;
    this.#end = undefined;
    end?.();
  }

  #hasGivenUp(): boolean {
    return this.#state.name === 'closed' && this.#state.cause === 'gave up';
  }

  // #region enter
  /** Each state has one timer at most, and takes that of the state before it away. */
  #enter(state: ReconnectState, ms?: number, then?: () => void): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = then && this.#clock.setTimeout(then, ms ?? 0);
    this.#state = state;
    this.#options.onState(state);
  }
  // #endregion enter
  // #endregion
}
