import { isIP, isIPv4 } from 'node:net';
import { type Clock, systemClock } from '../workbook/clock.ts';

/** How much may pass: `burst` at once after a pause, `perSecond` for ever. */
export interface Rate {
  /** Tokens a second that a bucket fills by, more than 0. */
  perSecond: number;
  /** Tokens that a full bucket holds, 1 or more. */
  burst: number;
}

// #region bucket
/**
 * A bucket that starts full and fills by the clock, up to `burst`. A clock that is put back takes nothing away
 * and stops nothing: the bucket goes on filling from the new time.
 */
export class TokenBucket {
  // #region solution: fields: the rate, the clock, how many tokens there are (a fraction of one counts), and since when
  readonly #rate: Rate;
  readonly #clock: Clock;
  /** In thousandths of a token. A rate of n brings n of them a millisecond, so all sums are of whole numbers. */
  #level: number;
  #filledAt: number;
  // #endregion

  constructor(rate: Rate, clock: Clock = systemClock) {
    // #region solution: keep them; the bucket is full, now
    this.#rate = rate;
    this.#clock = clock;
    this.#level = rate.burst * 1000;
    this.#filledAt = clock.now();
    // #endregion
  }

  /** Whether it would make no difference if this bucket were a new one. */
  get isFull(): boolean {
    // #region solution: fill it up to now, and look
    this.#fill();
    return this.#level === this.#rate.burst * 1000;
    // #endregion
  }

  /** In how many whole ms there will be so many tokens: 0 now, `Infinity` never. Takes none. */
  waitFor(tokens = 1): number {
    // #region solution: fill it up to now; what is missing, divided by the rate, rounded up; never for more than it can hold
    if (tokens > this.#rate.burst) return Infinity;
    this.#fill();
    return Math.max(0, Math.ceil((tokens * 1000 - this.#level) / this.#rate.perSecond));
    // #endregion
  }

  /** Takes so many tokens, and returns 0. If there are not so many it takes none, and returns `waitFor(tokens)`. */
  take(tokens = 1): number {
    // #region solution: all or nothing
    const waitMs = this.waitFor(tokens);
    if (waitMs === 0) this.#level -= tokens * 1000;
    return waitMs;
    // #endregion
  }

  // #region solution: filling, by the time that has passed since the last time; a clock can go back
  #fill(): void {
    const now = this.#clock.now();
    const passedMs = Math.max(0, now - this.#filledAt);
    this.#level = Math.min(this.#rate.burst * 1000, this.#level + passedMs * this.#rate.perSecond);
    this.#filledAt = now;
  }
  // #endregion
}
// #endregion bucket

// #region limiter
/**
 * A bucket a key, of a user say: all their connections share it. A full bucket is as good as none, so it is
 * forgotten by the next `take` of any key. If more than `maxKeys` are not full, the one unused for the longest
 * time is forgotten all the same: memory stays bounded, and no newcomer is kept out.
 */
export class RateLimiter {
  // #region solution: fields: the rate, the options, and the buckets in the order of their last use: a Map keeps the order in which keys were set
  readonly #rate: Rate;
  readonly #maxKeys: number;
  readonly #clock: Clock;
  /** Longest unused first. */
  readonly #buckets = new Map<string, TokenBucket>();
  // #endregion

  /** `maxKeys`: by default 100,000. */
  constructor(rate: Rate, options: { maxKeys?: number; clock?: Clock } = {}) {
    // #region solution: keep them, with their defaults
    this.#rate = rate;
    this.#maxKeys = options.maxKeys ?? 100_000;
    this.#clock = options.clock ?? systemClock;
    // #endregion
  }

  /** How many buckets are kept. */
  get size(): number {
    // #region solution: count them
    return this.#buckets.size;
    // #endregion
  }

  /** As `waitFor` of this key's bucket. Keeps nothing. */
  waitFor(key: string, tokens = 1): number {
    // #region solution: a key without a bucket has a full one; to ask must not cost memory
    return this.#bucketOf(key).waitFor(tokens);
    // #endregion
  }

  /** As `take` from this key's bucket. */
  take(key: string, tokens = 1): number {
    // #region solution: take, remember that this bucket was used last, then forget from the other end
    const bucket = this.#bucketOf(key);
    const waitMs = bucket.take(tokens);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#forget();
    return waitMs;
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  #bucketOf(key: string): TokenBucket {
    return this.#buckets.get(key) ?? new TokenBucket(this.#rate, this.#clock);
  }

  /** Stops at the first that is worth keeping: those behind it were used later, and get their turn. */
  #forget(): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#buckets.size <= this.#maxKeys && !bucket.isFull) return;
      this.#buckets.delete(key);
    }
  }
  // #endregion
}
// #endregion limiter

// #region address
/**
 * What counts as one address: an IPv4 address whole, also where it is written as IPv6 (`::ffff:203.0.113.7`,
 * RFC 4291 §2.5.5.2); of any other IPv6 address the first 64 bits, for whoever has one address has all that
 * share them (RFC 4291 §2.5.4). What is no address is its own key.
 */
export function addressKey(address: string): string {
  // #region solution: find the eight groups of an IPv6 address, whichever way they are written; IPv4 behind ::ffff: is IPv4
  const whole = wholeAddress(address);
  if (isIP(whole) !== 6) return whole;
  return `${whole.split(':').slice(0, 4).join(':')}::/64`;
  // #endregion
}
// #endregion address

// #region client-address
/**
 * Who is behind the proxies: `peer`, the other end of TCP, unless it is one of ours. Then it is the last address
 * in `X-Forwarded-For`, which that proxy has put there itself; unless that one is ours, too, and so on to the
 * left. What is left of an address that is not ours was written by whoever has it, and is worth nothing.
 *
 * `trustedProxies` are addresses. An entry of the header may have brackets and a port; one that is no address
 * ends the walk at the proxy that wrote it.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  trustedProxies: readonly string[],
): string {
  // #region solution: from the right to the left, only as long as who says it is trusted; compare addresses, not their spelling
  const trusted = new Set(trustedProxies.map(wholeAddress));
  const hops = (forwardedFor ?? '').split(',').filter((hop) => hop.trim() !== '');
  let client = peer;
  while (trusted.has(wholeAddress(client))) {
    const hop = readHop(hops.pop() ?? '');
    if (hop === undefined) break;
    client = hop;
  }
  return client;
  // #endregion
}
// #endregion client-address

// #region solution: helpers of your own, if you like
/** One spelling an address: IPv4 with dots, IPv6 as eight groups with neither `::` nor zone. */
function wholeAddress(address: string): string {
  const [text] = address.split('%');
  if (isIP(text) !== 6) return text;
  const groups = groupsOf(text);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return groups.map((group) => group.toString(16)).join(':');
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** The eight groups of an IPv6 address (RFC 4291 §2.2): `::` stands for as many zeros as are missing. */
function groupsOf(address: string): number[] {
  const [head, tail] = address.split('::').map((part) => part.split(':').flatMap(readGroups));
  if (!tail) return head;
  const zeros = new Array<number>(8 - head.length - tail.length).fill(0);
  return [...head, ...zeros, ...tail];
}

/** A group, two where an IPv4 address ends the text, or none where `::` does. */
function readGroups(text: string): number[] {
  if (text === '') return [];
  if (!isIPv4(text)) return [Number.parseInt(text, 16)];
  const [a, b, c, d] = text.split('.').map(Number);
  return [(a << 8) | b, (c << 8) | d];
}

/** An entry of `X-Forwarded-For`, without brackets and port: undefined if it is no address. */
function readHop(entry: string): string | undefined {
  const text = entry.trim();
  const [, address = text] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? /^([\d.]+):\d+$/.exec(text) ?? [];
  return isIP(address) ? address : undefined;
}
// #endregion

// #region caps
/** Counts connections: so many at once over all, and so many an address (as `addressKey` has it). */
export class ConnectionCaps {
  // #region solution: fields: the caps, how many there are in all, and how many of each address that has any
  readonly #total: number;
  readonly #perAddress: number;
  readonly #counts = new Map<string, number>();
  #size = 0;
  // #endregion

  constructor(caps: { total: number; perAddress: number }) {
    // #region solution: keep them
    this.#total = caps.total;
    this.#perAddress = caps.perAddress;
    // #endregion
  }

  /** How many there are now. */
  get size(): number {
    // #region solution: those admitted and not released
    return this.#size;
    // #endregion
  }

  /**
   * Counts one more connection of this address. Returns what to call when it has ended, where a second call does
   * nothing; or undefined, and nothing is counted, if there are as many as there may be.
   */
  admit(address: string): (() => void) | undefined {
    // #region solution: check both caps, then count; released once, and an address without connections leaves nothing behind
    const key = addressKey(address);
    const count = this.#counts.get(key) ?? 0;
    if (this.#size >= this.#total || count >= this.#perAddress) return undefined;
    this.#size++;
    this.#counts.set(key, count + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#release(key);
    };
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  #release(key: string): void {
    this.#size--;
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
  // #endregion
}
// #endregion caps

/** What to do with what came. */
export type Verdict =
  | { do: 'pass' }
  /** Answer that it was not carried out, and after how many whole ms to send it again. */
  | { do: 'refuse'; retryAfterMs: number }
  | { do: 'close'; code: number; reason: string };

export interface GuardLimits {
  messages: Rate;
  /** Of bytes of messages. A message of more than `burst` can never pass. */
  bytes: Rate;
  /** Of pings and pongs that the client sends. */
  control: Rate;
  /** Refusals that no message has made good by passing; the connection is closed in place of the next. */
  maxRefusals: number;
}

// #region guard
/**
 * What one connection may send. Who sends too much is told how long to wait; who does not listen, and goes on, is
 * closed with 1008, policy violation (RFC 6455 §7.4.1).
 *
 * Each message that passes makes one refusal good. So who sends again what was refused is never closed, and a
 * flood is, though the bucket lets a message of it through now and then.
 */
export class Guard {
  // #region solution: fields: a bucket for each rate of this connection, the limiter of users, and the refusals not made good
  readonly #limits: GuardLimits;
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #control: TokenBucket;
  readonly #users: RateLimiter | undefined;
  /** Not made good yet. */
  #refusals = 0;
  // #endregion

  /** `users`: a rate of messages a user, over all their connections. Default: none. */
  constructor(limits: GuardLimits, options: { users?: RateLimiter; clock?: Clock } = {}) {
    // #region solution: make the buckets, keep the rest
    const { users, clock } = options;
    this.#limits = limits;
    this.#messages = new TokenBucket(limits.messages, clock);
    this.#bytes = new TokenBucket(limits.bytes, clock);
    this.#control = new TokenBucket(limits.control, clock);
    this.#users = users;
    // #endregion
  }

  /**
   * A message came, of so many bytes, from this user if it is known who it is. It passes only if every bucket has
   * enough; only then is anything taken. Else it is told the longest of their waits, and the time of one message
   * more (1000 ms / `messages.perSecond`) for each refusal before it that is not made good: were all told the same,
   * all would come back at once. Closes with 1009 if it is larger than any that could ever pass.
   */
  message(bytes: number, userId?: string): Verdict {
    // #region solution: ask all buckets how long to wait, and take only if none of them says so; count the refusals
    const waitMs = Math.max(
      this.#messages.waitFor(),
      this.#bytes.waitFor(bytes),
      userId === undefined ? 0 : (this.#users?.waitFor(userId) ?? 0),
    );
    if (waitMs === Infinity) return close(1009, 'This message is too long.');
    if (waitMs > 0) return this.#refuse(waitMs);
    this.#messages.take();
    this.#bytes.take(bytes);
    if (userId !== undefined) this.#users?.take(userId);
    this.#refusals = Math.max(0, this.#refusals - 1);
    return pass;
    // #endregion
  }

  /** A ping or a pong came. There is no answer that could carry a refusal: it passes, or the connection ends. */
  control(): Verdict {
    // #region solution: one token each
    return this.#control.take() === 0 ? pass : close(1008, 'Too many pings and pongs.');
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  #refuse(waitMs: number): Verdict {
    const { messages, maxRefusals } = this.#limits;
    if (this.#refusals >= maxRefusals) return close(1008, 'You keep sending too fast.');
    const queueMs = (this.#refusals * 1000) / messages.perSecond;
    this.#refusals++;
    return { do: 'refuse', retryAfterMs: Math.ceil(waitMs + queueMs) };
  }
  // #endregion
}
// #endregion guard

// #region solution: helpers of your own, if you like
const pass: Verdict = { do: 'pass' };

function close(code: number, reason: string): Verdict {
  return { do: 'close', code, reason };
}
// #endregion

/**
 * Limits on requests: options of `createServer` in node:http and node:https; `maxHeadersCount` is a property of
 * the server, to be set on it. They end with the handshake: Node leaves a socket that was upgraded to us.
 */
export interface HandshakeLimits {
  /** All headers must have come so many ms after the connection, or after the first byte of a later request. */
  headersTimeout: number;
  /** The same for the whole request, with its body. Not less than `headersTimeout`. */
  requestTimeout: number;
  /** How often, in ms, Node looks for requests that are late: so much later may it find one. */
  connectionsCheckingInterval: number;
  /** How long TLS may take before all that, in ms. */
  handshakeTimeout: number;
  /** How long a connection may wait for its next request, in ms. */
  keepAliveTimeout: number;
  /** Bytes of the request line and all headers; more is answered with 431. */
  maxHeaderSize: number;
  /** How many headers; 0 for no limit of their number. */
  maxHeadersCount: number;
}

// #region handshake
/** What a handshake may take, where a request that is late is cut within `deadlineMs` and a quarter of it. */
export function handshakeLimits(deadlineMs: number): HandshakeLimits {
  // #region solution: one deadline for headers, request and TLS; look often enough; few bytes of headers; none may be dropped in silence
  return {
    headersTimeout: deadlineMs,
    requestTimeout: deadlineMs,
    connectionsCheckingInterval: Math.ceil(deadlineMs / 4),
    handshakeTimeout: deadlineMs,
    keepAliveTimeout: 5_000,
    maxHeaderSize: 8_192,
    // Node 20 drops what is over the count, and hands on the rest: no Upgrade, or no X-Forwarded-For of our proxy
    // (CVE-2024-37890). Without a count all are there, and their bytes bound them.
    maxHeadersCount: 0,
  };
  // #endregion
}
// #endregion handshake
