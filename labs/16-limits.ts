import { isIP, isIPv4 } from 'node:net';
import { type Clock, systemClock } from '../workbook/clock.ts';
import { Unfinished } from '../workbook/unfinished.ts';

/** How much may pass: `burst` at once after a pause, `perSecond` for ever. */
export interface Rate {
  /** Tokens a second that a bucket fills by, more than 0. */
  perSecond: number;
  /** Tokens that a full bucket holds, 1 or more. */
  burst: number;
}

/**
 * A bucket that starts full and fills by the clock, up to `burst`. A clock that is put back takes nothing away
 * and stops nothing: the bucket goes on filling from the new time.
 */
export class TokenBucket {
  // TODO: fields: the rate, the clock, how many tokens there are (a fraction of one counts), and since when

  constructor(rate: Rate, clock: Clock = systemClock) {
    // TODO: keep them; the bucket is full, now
    throw new Unfinished('16-limits: constructor');
  }

  /** Whether it would make no difference if this bucket were a new one. */
  get isFull(): boolean {
    // TODO: fill it up to now, and look
    throw new Unfinished('16-limits: isFull');
  }

  /** In how many whole ms there will be so many tokens: 0 now, `Infinity` never. Takes none. */
  waitFor(tokens = 1): number {
    // TODO: fill it up to now; what is missing, divided by the rate, rounded up; never for more than it can hold
    throw new Unfinished('16-limits: waitFor');
  }

  /** Takes so many tokens, and returns 0. If there are not so many it takes none, and returns `waitFor(tokens)`. */
  take(tokens = 1): number {
    // TODO: all or nothing
    throw new Unfinished('16-limits: take');
  }

  // TODO: filling, by the time that has passed since the last time; a clock can go back
}

/**
 * A bucket a key, of a user say: all their connections share it. A full bucket is as good as none, so it is
 * forgotten by the next `take` of any key. If more than `maxKeys` are not full, the one unused for the longest
 * time is forgotten all the same: memory stays bounded, and no newcomer is kept out.
 */
export class RateLimiter {
  // TODO: fields: the rate, the options, and the buckets in the order of their last use: a Map keeps the order in which keys were set

  /** `maxKeys`: by default 100,000. */
  constructor(rate: Rate, options: { maxKeys?: number; clock?: Clock } = {}) {
    // TODO: keep them, with their defaults
    throw new Unfinished('16-limits: constructor');
  }

  /** How many buckets are kept. */
  get size(): number {
    // TODO: count them
    throw new Unfinished('16-limits: size');
  }

  /** As `waitFor` of this key's bucket. Keeps nothing. */
  waitFor(key: string, tokens = 1): number {
    // TODO: a key without a bucket has a full one; to ask must not cost memory
    throw new Unfinished('16-limits: waitFor');
  }

  /** As `take` from this key's bucket. */
  take(key: string, tokens = 1): number {
    // TODO: take, remember that this bucket was used last, then forget from the other end
    throw new Unfinished('16-limits: take');
  }

  // TODO: private methods of your own, if you like
}

/**
 * What counts as one address: an IPv4 address whole, also where it is written as IPv6 (`::ffff:203.0.113.7`,
 * RFC 4291 §2.5.5.2); of any other IPv6 address the first 64 bits, for whoever has one address has all that
 * share them (RFC 4291 §2.5.4). What is no address is its own key.
 */
export function addressKey(address: string): string {
  // TODO: find the eight groups of an IPv6 address, whichever way they are written; IPv4 behind ::ffff: is IPv4
  throw new Unfinished('16-limits: addressKey');
}

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
  // TODO: from the right to the left, only as long as who says it is trusted; compare addresses, not their spelling
  throw new Unfinished('16-limits: clientAddress');
}

// TODO: helpers of your own, if you like

/** Counts connections: so many at once over all, and so many an address (as `addressKey` has it). */
export class ConnectionCaps {
  // TODO: fields: the caps, how many there are in all, and how many of each address that has any

  constructor(caps: { total: number; perAddress: number }) {
    // TODO: keep them
    throw new Unfinished('16-limits: constructor');
  }

  /** How many there are now. */
  get size(): number {
    // TODO: those admitted and not released
    throw new Unfinished('16-limits: size');
  }

  /**
   * Counts one more connection of this address. Returns what to call when it has ended, where a second call does
   * nothing; or undefined, and nothing is counted, if there are as many as there may be.
   */
  admit(address: string): (() => void) | undefined {
    // TODO: check both caps, then count; released once, and an address without connections leaves nothing behind
    throw new Unfinished('16-limits: admit');
  }

  // TODO: private methods of your own, if you like
}

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

/**
 * What one connection may send. Who sends too much is told how long to wait; who does not listen, and goes on, is
 * closed with 1008, policy violation (RFC 6455 §7.4.1).
 *
 * Each message that passes makes one refusal good. So who sends again what was refused is never closed, and a
 * flood is, though the bucket lets a message of it through now and then.
 */
export class Guard {
  // TODO: fields: a bucket for each rate of this connection, the limiter of users, and the refusals not made good

  /** `users`: a rate of messages a user, over all their connections. Default: none. */
  constructor(limits: GuardLimits, options: { users?: RateLimiter; clock?: Clock } = {}) {
    // TODO: make the buckets, keep the rest
    throw new Unfinished('16-limits: constructor');
  }

  /**
   * A message came, of so many bytes, from this user if it is known who it is. It passes only if every bucket has
   * enough; only then is anything taken. Else it is told the longest of their waits, and the time of one message
   * more (1000 ms / `messages.perSecond`) for each refusal before it that is not made good: were all told the same,
   * all would come back at once. Closes with 1009 if it is larger than any that could ever pass.
   */
  message(bytes: number, userId?: string): Verdict {
    // TODO: ask all buckets how long to wait, and take only if none of them says so; count the refusals
    throw new Unfinished('16-limits: message');
  }

  /** A ping or a pong came. There is no answer that could carry a refusal: it passes, or the connection ends. */
  control(): Verdict {
    // TODO: one token each
    throw new Unfinished('16-limits: control');
  }

  // TODO: private methods of your own, if you like
}

// TODO: helpers of your own, if you like

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

/** What a handshake may take, where a request that is late is cut within `deadlineMs` and a quarter of it. */
export function handshakeLimits(deadlineMs: number): HandshakeLimits {
  // TODO: one deadline for headers, request and TLS; look often enough; few bytes of headers; none may be dropped in silence
  throw new Unfinished('16-limits: handshakeLimits');
}
