/** The server's own bounds. Those a client must know are in `welcome`. */
export const serverLimits = {
  /** Bytes of one frame or one message on the wire; longer ones close the connection with 1009. */
  maxPayloadLength: 1_048_576,
  /** Time for the `auth` message, in ms; after it the connection is closed with 1008. */
  authDeadlineMs: 10_000,
  /** How often the server pings, in ms; who is gone is found within two of these. */
  heartbeatMs: 15_000,
  /** Time for the other side to answer a Close frame, in ms, before the socket is cut. */
  closeTimeoutMs: 10_000,
  /** Rooms whose messages are kept; past it those nobody is in are forgotten, the longest unused first. */
  maxLogs: 1_000,
} as const;

/** The bounds of the hub (lab 11). */
export const hubLimits = {
  /** Bytes that may wait for a slow reader; past it the connection is closed with 1013. */
  maxBufferedAmount: 1_048_576,
  /** Rooms one connection may be in. */
  maxRoomsPerMember: 100,
  /** Rooms with somebody in them. */
  maxRooms: 1_000,
} as const;

/** How often one connection may send: `burst` at once after a pause, `perSecond` for ever. */
export interface Rate {
  perSecond: number;
  burst: number;
}

export const messageRate: Rate = { perSecond: 50, burst: 200 };

/** A bucket that starts full and fills by the clock; each message takes one token out. */
export class TokenBucket {
  readonly #rate: Rate;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** `now` is in ms and never goes back. */
  constructor(rate: Rate, now = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
    this.#tokens = rate.burst;
    this.#filledAt = now();
  }

  /** Takes a token: 0 if there was one, else the time until there is, in whole ms. */
  take(): number {
    const now = this.#now();
    const filled = ((now - this.#filledAt) / 1000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + filled);
    this.#filledAt = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.#rate.perSecond) * 1000);
    this.#tokens -= 1;
    return 0;
  }
}
