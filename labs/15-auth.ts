import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type ClientMessage, Refusal, type User } from '#labs/10-protocol';
import { type Clock, systemClock } from '../workbook/clock.ts';
import { Unfinished } from '../workbook/unfinished.ts';

/** Whose pages may open a WebSocket here. */
export interface OriginPolicy {
  /** Origins as a browser writes them (RFC 6454 §6.2): `https://chat.example`, `http://localhost:8080`. */
  allowed: readonly string[];
  /** Whether requests with no Origin are let in. They come from programs, never from a page. */
  allowAbsent: boolean;
}

/**
 * Whether the server goes on with a request of this `Origin` (RFC 6455 §10.2), or answers it with 403. The whole
 * value counts: scheme, host and port. `null` is the origin of every sandboxed frame, and is never allowed.
 *
 * A browser says the true one, a program says what it likes: this protects users from foreign pages, and is no
 * authentication (RFC 6455 §10.1).
 */
export function isOriginAllowed(origin: string | undefined, policy: OriginPolicy): boolean {
  // TODO: absent is for the policy to say; anything else is equal to one of the list, or refused
  throw new Unfinished('15-auth: isOriginAllowed');
}

/** Who is behind a connection, by which sign-in, and until when. */
export interface Identity {
  user: User;
  /** One sign-in of the user's. Random; signing out ends it. */
  session: string;
  /** When the sign-in ends, in ms since 1970. */
  expiresAt: number;
}

/** Keys that are remembered for a time, by all nodes together: tickets that were used, sessions that were ended. */
export interface Claims {
  /**
   * True for the first who claims the key, false for everyone after, for `lifetimeMs`. Asking and claiming are
   * one step: of two who ask at once, one gets it. Rejects when it cannot be known.
   */
  claim(key: string, lifetimeMs: number): Promise<boolean>;
  /** Rejects when it cannot be known. */
  isClaimed(key: string): Promise<boolean>;
}

// TODO: constants of your own, if you like

/**
 * Claims in the memory of one process. When it is full of claims that still count, it claims nothing more: better
 * to refuse a good ticket than to forget a used one.
 */
export class MemoryClaims implements Claims {
  // TODO: the clock, the most keys, and until when each key is claimed

  /** `maxKeys` claims at once; the default, 100,000, is some 15 MB. */
  constructor(clock: Clock = systemClock, maxKeys = 100_000) {
    // TODO: keep both
    throw new Unfinished('15-auth: constructor');
  }

  async claim(key: string, lifetimeMs: number): Promise<boolean> {
    // TODO: forget what has run out; then false for what is claimed, and for what there is no room for. No await in between
    throw new Unfinished('15-auth: claim');
  }

  async isClaimed(key: string): Promise<boolean> {
    // TODO: claimed, and not run out
    throw new Unfinished('15-auth: isClaimed');
  }

  // TODO: private methods of your own, if you like
}

export interface AuthorityOptions {
  /** Signs and checks: nodes with the same one know each other's users. At least 32 bytes (RFC 7518 §3.2). */
  secret: Uint8Array;
  /** Shared by all nodes that share the secret; a ticket is good once for all of them. */
  claims: Claims;
  /** How long a sign-in lasts, in ms. Default: 12 hours. */
  sessionMs?: number;
  /** How long a ticket may wait to be used, in ms. Default: 60 seconds. */
  ticketMs?: number;
  clock?: Clock;
}

// TODO: the kinds of token, their algorithm, and how far the clocks of two nodes may differ

/**
 * Says who somebody is, in two kinds of signed token (RFC 7519). A session lasts for hours and goes into the
 * `Authorization` header of HTTP requests. A ticket is made from it for one WebSocket, where a page cannot set
 * that header: it lasts for seconds and is good once.
 *
 * Whatever is forged, altered, expired, revoked, used, or of the other kind is undefined. Methods reject only
 * where `claims` does. Tokens expire by whole seconds, up to one late.
 */
export class Authority {
  // TODO: the options, with their defaults

  /** @throws RangeError for a secret that is too short. */
  constructor(options: AuthorityOptions) {
    // TODO: check the secret's length; keep the options
    throw new Unfinished('15-auth: constructor');
  }

  /** A new sign-in of this user. */
  async createSession(user: User): Promise<string> {
    // TODO: SignJWT of jose: the user, a random id for the session, when it ends by the clock; say in the header which kind it is
    throw new Unfinished('15-auth: createSession');
  }

  /** Who signed in, if the session is good. */
  async readSession(session: string): Promise<Identity | undefined> {
    // TODO: jwtVerify of jose: our algorithm, our kind, our clock, and no claim missing; then ask whether it was revoked
    throw new Unfinished('15-auth: readSession');
  }

  /** A ticket for one WebSocket of whoever `readSession` gave; it never outlives their session. */
  async issueTicket(identity: Identity): Promise<{ ticket: string; expiresInMs: number }> {
    // TODO: another kind of token, with an id of its own; it carries the session's id and end
    throw new Unfinished('15-auth: issueTicket');
  }

  /** Who the ticket was made for, to the first who asks. */
  async redeemTicket(ticket: string): Promise<Identity | undefined> {
    // TODO: check the token, claim its id for as long as it could be used, and ask last whether its session was revoked
    throw new Unfinished('15-auth: redeemTicket');
  }

  /**
   * Signed out: from now on neither this session nor any ticket made from it is good. Says whose sign-in it was,
   * the second time too: who fails to tell the other nodes of a sign-out is asked for it again.
   *
   * @throws Error where it cannot be remembered; the session is good still.
   */
  async revoke(session: string): Promise<Identity | undefined> {
    // TODO: read the session, revoked or not; claim its id for as long as it would have lasted; a claim that did not take is an error
    throw new Unfinished('15-auth: revoke');
  }

  // TODO: private methods of your own, if you like
}

// TODO: helpers of your own, if you like

export interface AdmissionOptions {
  /** Who the ticket is good for, once: `Authority.redeemTicket`. Rejects when it cannot be known. */
  redeem(ticket: string): Promise<Identity | undefined>;
  /** Time for a good ticket to come, in ms. */
  deadlineMs: number;
  /** Closes the connection; called once at most. */
  close(code: number, reason: string): void;
  clock?: Clock;
}

/**
 * One connection's right to be here: closed with 1008 (RFC 6455 §7.4.1) when no good ticket has come within the
 * deadline, and when the session ends.
 */
export class Admission {
  // TODO: the options, who was admitted, whether a ticket is being checked and which sessions ended meanwhile, whether all is over, and one timer

  /** The deadline runs from here. */
  constructor(options: AdmissionOptions) {
    // TODO: keep the options, and set the timer
    throw new Unfinished('15-auth: constructor');
  }

  /** Who is here now: undefined before a good ticket came, once the session has ended, and after `stop`. */
  get identity(): Identity | undefined {
    // TODO: a timer may be late; the time of day is not
    throw new Unfinished('15-auth: identity');
  }

  /**
   * Admits whoever the ticket is good for. After a refusal another ticket may be tried; the deadline goes on.
   *
   * @throws Refusal `unauthenticated` for a ticket that is not good, or was found good too late; `bad_message` when
   * somebody is admitted already, or a ticket is being checked. What `redeem` rejects with, where it cannot know.
   */
  async authenticate(ticket: string): Promise<Identity> {
    // TODO: one check at a time; when its answer comes, the deadline, the connection or the session may be gone
    throw new Unfinished('15-auth: authenticate');
  }

  /** A session was signed out, here or on another node: if it is this connection's, it is closed. */
  revoked(session: string): void {
    // TODO: it may be the one that is here, or the one whose ticket is being checked
    throw new Unfinished('15-auth: revoked');
  }

  /** The connection is gone: no timer runs on, and a ticket that is still being checked admits nobody. */
  stop(): void {
    // TODO: it is over; forget who was here
    throw new Unfinished('15-auth: stop');
  }

  // TODO: private methods of your own, if you like
}

/** What a message may be judged by. */
export interface Access {
  /** Undefined before a good ticket came. */
  user: User | undefined;
  isIn(room: string): boolean;
  /** Whether the user may be in a room. Default: everyone, everywhere. */
  mayJoin?(user: User, room: string): boolean;
}

/**
 * Whether a message may be carried out; asked for every message, every time, as a right may have gone since the
 * last one. Returns whose message it is.
 *
 * @throws Refusal with the message's id: `unauthenticated`; `bad_message` for a second `auth`; `not_in_room` for
 * what needs to be in; `forbidden` for a room that the user may not be in, or no longer.
 */
export function authorize(message: ClientMessage, access: Access): User {
  // TODO: nobody, nothing; then by the message's type: who joins must be allowed, who posts must be in and still allowed, who leaves must be in
  throw new Unfinished('15-auth: authorize');
}

// TODO: helpers of your own, if you like
