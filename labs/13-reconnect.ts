import { type Clock, systemClock } from '../workbook/clock.ts';
import { Unfinished } from '../workbook/unfinished.ts';

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

/**
 * The wait before a retry, in milliseconds: full jitter inside the cap. `failures` counts from 0, for the first
 * retry. That one is random too: with a fixed one, all clients of a server that fails would knock at once.
 */
export function retryDelay(
  failures: number,
  { firstMs, capMs }: Pick<RetryPolicy, 'firstMs' | 'capMs'> = defaultPolicy,
  random: () => number = Math.random,
): number {
  // TODO: a limit that doubles with each failure, up to the cap; then a random part of that limit
  throw new Unfinished('13-reconnect: retryDelay');
}

/**
 * Whether to come back after this close code. Yes where the next connection may end otherwise: 1001 (going
 * away), 1005 and 1006 (no word at all), 1011 (server error), 1012, 1013, 1014 and 1015 (restart, too much to
 * do, a gateway's trouble, TLS), 3008 (timeout). Not after any other: 1000 was meant, and by the others, 4000
 * to 4999 included, the other side said no (RFC 6455 §7.4).
 */
export function isRetryable(code: number): boolean {
  // TODO: a list of the codes that promise something, for a new one may mean no
  throw new Unfinished('13-reconnect: isRetryable');
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
  // TODO: fields: the options; the state; the attempt whose turn it is and what ends it; failures in a row; one timer; the server's advice; whether there is a network

  constructor(options: ReconnectorOptions) {
    // TODO: keep the options, with the defaults filled in; nothing starts yet
    throw new Unfinished('13-reconnect: constructor');
  }

  get state(): ReconnectState {
    // TODO: the state you keep
    throw new Unfinished('13-reconnect: state');
  }

  /**
   * A person asks: connects at once, from any state but `connecting` and `open`. After `closed` the failures are
   * forgotten; while waiting they count on.
   */
  tryNow(): void {
    // TODO: at most one attempt at a time
    throw new Unfinished('13-reconnect: tryNow');
  }

  /** Ends the connection or attempt, if there is one, and stays closed until `tryNow`. */
  stop(): void {
    // TODO: end what is under way, leave no timer
    throw new Unfinished('13-reconnect: stop');
  }

  /**
   * The server says when to come back, in milliseconds from the moment the connection is lost; it has spread its
   * clients itself. Good for the next loss, up to `maxAdviceMs`; `stop` forgets it.
   */
  advise(ms: number): void {
    // TODO: remember it for the next wait; what comes from a network is not trusted to be a sensible number
    throw new Unfinished('13-reconnect: advise');
  }

  /** The machine says that it has no network. To wait for a time makes no sense; a connection may live on. */
  networkLost(): void {
    // TODO: only waiting ends; remember it for what is lost later
    throw new Unfinished('13-reconnect: networkLost');
  }

  /**
   * The machine says that it has a network again. Many machines may at the same moment, when one access point
   * comes back: so the client waits a random time, as for a first retry.
   */
  networkBack(): void {
    // TODO: the failures before say nothing any more; who is to come back waits a little, at random
    throw new Unfinished('13-reconnect: networkBack');
  }

  /** A page is shown again, from the back/forward cache say: a person is there, so it connects at once. */
  pageShown(): void {
    // TODO: as tryNow, but not against a refusal or a stop
    throw new Unfinished('13-reconnect: pageShown');
  }

  // TODO: the attempt, its end, the wait, and entering a state
}
