import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type ClientMessage, Refusal, type User } from '#labs/10-protocol';
import { type Clock, systemClock } from '../workbook/clock.ts';

/** Whose pages may open a WebSocket here. */
export interface OriginPolicy {
  /** Origins as a browser writes them (RFC 6454 §6.2): `https://chat.example`, `http://localhost:8080`. */
  allowed: readonly string[];
  /** Whether requests with no Origin are let in. They come from programs, never from a page. */
  allowAbsent: boolean;
}

// #region origin
/**
 * Whether the server goes on with a request of this `Origin` (RFC 6455 §10.2), or answers it with 403. The whole
 * value counts: scheme, host and port. `null` is the origin of every sandboxed frame, and is never allowed.
 *
 * A browser says the true one, a program says what it likes: this protects users from foreign pages, and is no
 * authentication (RFC 6455 §10.1).
 */
export function isOriginAllowed(origin: string | undefined, policy: OriginPolicy): boolean {
  // #region solution: absent is for the policy to say; anything else is equal to one of the list, or refused
  if (origin === undefined) return policy.allowAbsent;
  return origin !== 'null' && policy.allowed.includes(origin);
  // #endregion
}
// #endregion origin

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

// #region solution: constants of your own, if you like
/** How often claims that have run out are looked for, in ms. */
const sweepIntervalMs = 1_000;
// #endregion

/**
 * Claims in the memory of one process. When it is full of claims that still count, it claims nothing more: better
 * to refuse a good ticket than to forget a used one.
 */
export class MemoryClaims implements Claims {
  // #region solution: the clock, the most keys, and until when each key is claimed
  readonly #clock: Clock;
  readonly #maxKeys: number;
  /** Until when each is claimed, in ms since 1970. */
  readonly #claimed = new Map<string, number>();
  #sweepAt = 0;
  // #endregion

  /** `maxKeys` claims at once; the default, 100,000, is some 15 MB. */
  constructor(clock: Clock = systemClock, maxKeys = 100_000) {
    // #region solution: keep both
    this.#clock = clock;
    this.#maxKeys = maxKeys;
    // #endregion
  }

  async claim(key: string, lifetimeMs: number): Promise<boolean> {
    // #region solution: forget what has run out; then false for what is claimed, and for what there is no room for. No await in between
    const now = this.#clock.now();
    this.#forgetOld(now);
    if (this.#isClaimedAt(key, now) || this.#claimed.size >= this.#maxKeys) return false;
    this.#claimed.set(key, now + lifetimeMs);
    return true;
    // #endregion
  }

  async isClaimed(key: string): Promise<boolean> {
    // #region solution: claimed, and not run out
    return this.#isClaimedAt(key, this.#clock.now());
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  #isClaimedAt(key: string, now: number): boolean {
    const until = this.#claimed.get(key);
    return until !== undefined && until > now;
  }

  /** Not at each claim: going through all of them for every ticket would be a gift to whoever sends many. */
  #forgetOld(now: number): void {
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + sweepIntervalMs;
    for (const [key, until] of this.#claimed) if (until <= now) this.#claimed.delete(key);
  }
  // #endregion
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

// #region solution: the kinds of token, their algorithm, and how far the clocks of two nodes may differ
// #region kinds
/** Said in the token's header and asked for when it is read: one kind never passes as the other (RFC 8725 §3.11). */
const sessionType = 'chat-session+jwt';
const ticketType = 'chat-ticket+jwt';
/** The server's to say, never the token's: `none` and its like are refused (RFC 8725 §3.1). */
const algorithm = 'HS256';
// #endregion kinds

/** In ms. A claim outlives what it is about by this, for a node whose clock is behind. */
const clockSkewMs = 60_000;

/** What both kinds say, besides `exp`: the user's id and name, and the sign-in. */
interface Claimed extends JWTPayload {
  sub: string;
  name: string;
  sid: string;
  exp: number;
}

/** A ticket has an id of its own, and says when the sign-in ends: `exp` is its own end. In seconds since 1970. */
interface ClaimedByTicket extends Claimed {
  jti: string;
  sessionExp: number;
}
// #endregion

/**
 * Says who somebody is, in two kinds of signed token (RFC 7519). A session lasts for hours and goes into the
 * `Authorization` header of HTTP requests. A ticket is made from it for one WebSocket, where a page cannot set
 * that header: it lasts for seconds and is good once.
 *
 * Whatever is forged, altered, expired, revoked, used, or of the other kind is undefined. Methods reject only
 * where `claims` does. Tokens expire by whole seconds, up to one late.
 */
export class Authority {
  // #region solution: the options, with their defaults
  readonly #secret: Uint8Array;
  readonly #claims: Claims;
  readonly #sessionMs: number;
  readonly #ticketMs: number;
  readonly #clock: Clock;
  // #endregion

  /** @throws RangeError for a secret that is too short. */
  constructor(options: AuthorityOptions) {
    // #region solution: check the secret's length; keep the options
    if (options.secret.length < 32) {
      throw new RangeError(`The secret must have 32 bytes or more; this one has ${options.secret.length}.`);
    }
    this.#secret = options.secret;
    this.#claims = options.claims;
    this.#sessionMs = options.sessionMs ?? 12 * 60 * 60 * 1000;
    this.#ticketMs = options.ticketMs ?? 60_000;
    this.#clock = options.clock ?? systemClock;
    // #endregion
  }

  /** A new sign-in of this user. */
  async createSession(user: User): Promise<string> {
    // #region solution: SignJWT of jose: the user, a random id for the session, when it ends by the clock; say in the header which kind it is
    return await this.#sign(sessionType, {
      sub: user.id,
      name: user.name,
      sid: crypto.randomUUID(),
      exp: secondsAfter(this.#clock.now() + this.#sessionMs),
    });
    // #endregion
  }

  /** Who signed in, if the session is good. */
  async readSession(session: string): Promise<Identity | undefined> {
    // #region solution: jwtVerify of jose: our algorithm, our kind, our clock, and no claim missing; then ask whether it was revoked
    const identity = await this.#readSigned(session);
    return identity && !(await this.#isRevoked(identity.session)) ? identity : undefined;
    // #endregion
  }

  // #region issue
  /** A ticket for one WebSocket of whoever `readSession` gave; it never outlives their session. */
  async issueTicket(identity: Identity): Promise<{ ticket: string; expiresInMs: number }> {
    // #region solution: another kind of token, with an id of its own; it carries the session's id and end
    const { user, session, expiresAt } = identity;
    const now = this.#clock.now();
    const endsAt = Math.min(now + this.#ticketMs, expiresAt);
    const ticket = await this.#sign(ticketType, {
      sub: user.id,
      name: user.name,
      sid: session,
      jti: crypto.randomUUID(),
      exp: secondsAfter(endsAt),
      sessionExp: secondsAfter(expiresAt),
    });
    return { ticket, expiresInMs: Math.max(0, endsAt - now) };
    // #endregion
  }
  // #endregion issue

  // #region redeem
  /** Who the ticket was made for, to the first who asks. */
  async redeemTicket(ticket: string): Promise<Identity | undefined> {
    // #region solution: check the token, claim its id for as long as it could be used, and ask last whether its session was revoked
    const claimed = await this.#verify<ClaimedByTicket>(ticket, ticketType, [
      'sub',
      'name',
      'sid',
      'jti',
      'exp',
      'sessionExp',
    ]);
    if (!claimed) return undefined;
    const isFirst = await this.#claims.claim(ticketKey(claimed.jti), this.#lifetimeUntil(claimed.exp * 1000));
    // Asked last: who signs out while the ticket is being claimed is out.
    if (!isFirst || (await this.#isRevoked(claimed.sid))) return undefined;
    return identityOf(claimed, claimed.sessionExp);
    // #endregion
  }
  // #endregion redeem

  // #region revoke
  /**
   * Signed out: from now on neither this session nor any ticket made from it is good. Says whose sign-in it was,
   * the second time too: who fails to tell the other nodes of a sign-out is asked for it again.
   *
   * @throws Error where it cannot be remembered; the session is good still.
   */
  async revoke(session: string): Promise<Identity | undefined> {
    // #region solution: read the session, revoked or not; claim its id for as long as it would have lasted; a claim that did not take is an error
    const identity = await this.#readSigned(session);
    if (!identity) return undefined;
    await this.#claims.claim(revokedKey(identity.session), this.#lifetimeUntil(identity.expiresAt));
    if (!(await this.#isRevoked(identity.session))) throw new Error('The sign-out could not be remembered.');
    return identity;
    // #endregion
  }
  // #endregion revoke

  // #region solution: private methods of your own, if you like
  async #sign(typ: string, claimed: Claimed): Promise<string> {
    return await new SignJWT(claimed).setProtectedHeader({ alg: algorithm, typ }).sign(this.#secret);
  }

  // #region verify
  /** What the token says, if it is ours, of this kind, and in time. A claim that is missing is not checked: ask for it. */
  async #verify<T extends Claimed>(
    token: string,
    typ: string,
    requiredClaims: string[],
  ): Promise<T | undefined> {
    try {
      const { payload } = await jwtVerify<T>(token, this.#secret, {
        algorithms: [algorithm],
        typ,
        requiredClaims,
        currentDate: new Date(this.#clock.now()),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
  // #endregion verify

  /** Whose session it is, revoked or not. */
  async #readSigned(session: string): Promise<Identity | undefined> {
    const claimed = await this.#verify<Claimed>(session, sessionType, ['sub', 'name', 'sid', 'exp']);
    return claimed && identityOf(claimed, claimed.exp);
  }

  async #isRevoked(session: string): Promise<boolean> {
    return await this.#claims.isClaimed(revokedKey(session));
  }

  #lifetimeUntil(at: number): number {
    return Math.max(0, at - this.#clock.now()) + clockSkewMs;
  }
  // #endregion
}

// #region solution: helpers of your own, if you like
const ticketKey = (id: string) => `ticket:${id}`;
const revokedKey = (session: string) => `revoked:${session}`;

/** The whole second at or after a time in ms, as tokens say it (RFC 7519 §2, NumericDate). */
function secondsAfter(ms: number): number {
  return Math.ceil(ms / 1000);
}

function identityOf({ sub, name, sid }: Claimed, endsAtSeconds: number): Identity {
  return { user: { id: sub, name }, session: sid, expiresAt: endsAtSeconds * 1000 };
}

/**
 * The longest a timer waits, in ms, before it looks at the time of day. Timers stand still while a machine sleeps,
 * and one of more than 2^31 − 1 ms, 24.8 days, fires at once.
 */
const longestWaitMs = 600_000;
// #endregion

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
  // #region solution: the options, who was admitted, whether a ticket is being checked and which sessions ended meanwhile, whether all is over, and one timer
  readonly #options: AdmissionOptions;
  readonly #clock: Clock;
  #timer: unknown;
  #identity: Identity | undefined;
  #isOver = false;
  /** Sessions that ended since a ticket is being checked; it may be of one of them. Undefined while none is. */
  #revokedMeanwhile: Set<string> | undefined;
  // #endregion

  /** The deadline runs from here. */
  constructor(options: AdmissionOptions) {
    // #region solution: keep the options, and set the timer
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#timer = this.#clock.setTimeout(() => this.#end('No good ticket came in time.'), options.deadlineMs);
    // #endregion
  }

  /** Who is here now: undefined before a good ticket came, once the session has ended, and after `stop`. */
  get identity(): Identity | undefined {
    // #region solution: a timer may be late; the time of day is not
    return this.#identity && this.#identity.expiresAt > this.#clock.now() ? this.#identity : undefined;
    // #endregion
  }

  // #region authenticate
  /**
   * Admits whoever the ticket is good for. After a refusal another ticket may be tried; the deadline goes on.
   *
   * @throws Refusal `unauthenticated` for a ticket that is not good, or was found good too late; `bad_message` when
   * somebody is admitted already, or a ticket is being checked. What `redeem` rejects with, where it cannot know.
   */
  async authenticate(ticket: string): Promise<Identity> {
    // #region solution: one check at a time; when its answer comes, the deadline, the connection or the session may be gone
    if (this.#isOver) throw tooLate();
    if (this.#identity || this.#revokedMeanwhile) {
      throw new Refusal('bad_message', 'This connection has sent its auth already.');
    }
    const identity = await this.#check(ticket);
    if (this.#isOver) throw tooLate();
    if (!identity) {
      throw new Refusal('unauthenticated', 'This ticket is unknown, used or expired. Get a new one.');
    }
    this.#identity = identity;
    this.#clock.clearTimeout(this.#timer);
    this.#endAt(identity.expiresAt);
    return identity;
    // #endregion
  }
  // #endregion authenticate

  /** A session was signed out, here or on another node: if it is this connection's, it is closed. */
  revoked(session: string): void {
    // #region solution: it may be the one that is here, or the one whose ticket is being checked
    this.#revokedMeanwhile?.add(session);
    if (this.#identity?.session === session) this.#end('Signed out.');
    // #endregion
  }

  /** The connection is gone: no timer runs on, and a ticket that is still being checked admits nobody. */
  stop(): void {
    // #region solution: it is over; forget who was here
    this.#isOver = true;
    this.#identity = undefined;
    this.#clock.clearTimeout(this.#timer);
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  async #check(ticket: string): Promise<Identity | undefined> {
    const revokedMeanwhile = new Set<string>();
    this.#revokedMeanwhile = revokedMeanwhile;
    try {
      const identity = await this.#options.redeem(ticket);
      if (!identity || identity.expiresAt <= this.#clock.now()) return undefined;
      return revokedMeanwhile.has(identity.session) ? undefined : identity;
    } finally {
      this.#revokedMeanwhile = undefined;
    }
  }

  // #region end-at
  #endAt(at: number): void {
    const wait = Math.min(at - this.#clock.now(), longestWaitMs);
    this.#timer = this.#clock.setTimeout(() => {
      if (this.#clock.now() < at) this.#endAt(at);
      else this.#end('The session has ended. Sign in again.');
    }, wait);
  }
  // #endregion end-at

  #end(reason: string): void {
    this.stop();
    this.#options.close(1008, reason);
  }
  // #endregion
}

/** What a message may be judged by. */
export interface Access {
  /** Undefined before a good ticket came. */
  user: User | undefined;
  isIn(room: string): boolean;
  /** Whether the user may be in a room. Default: everyone, everywhere. */
  mayJoin?(user: User, room: string): boolean;
}

// #region authorize
/**
 * Whether a message may be carried out; asked for every message, every time, as a right may have gone since the
 * last one. Returns whose message it is.
 *
 * @throws Refusal with the message's id: `unauthenticated`; `bad_message` for a second `auth`; `not_in_room` for
 * what needs to be in; `forbidden` for a room that the user may not be in, or no longer.
 */
export function authorize(message: ClientMessage, access: Access): User {
  // #region solution: nobody, nothing; then by the message's type: who joins must be allowed, who posts must be in and still allowed, who leaves must be in
  const { user } = access;
  const id = 'id' in message ? message.id : undefined;
  if (!user) throw new Refusal('unauthenticated', 'Send auth with a ticket first.', id);
  switch (message.type) {
    case 'auth':
      throw new Refusal('bad_message', 'This connection is authenticated already.');
    case 'join':
      mustBeAllowed(user, message.room, access);
      break;
    case 'leave':
      mustBeIn(message.room, access);
      break;
    case 'chat':
      mustBeIn(message.room, access, id);
      mustBeAllowed(user, message.room, access, id);
      break;
    // Anyone may write to anyone, and ask whether the server lives.
    case 'direct':
    case 'ping':
      break;
  }
  return user;
  // #endregion
}
// #endregion authorize

// #region solution: helpers of your own, if you like
function tooLate(): Refusal {
  return new Refusal('unauthenticated', 'This connection has ended.');
}

function mustBeIn(room: string, access: Access, id?: string): void {
  if (access.isIn(room)) return;
  throw new Refusal('not_in_room', `You are not in the room ${JSON.stringify(room)}.`, id);
}

function mustBeAllowed(user: User, room: string, access: Access, id?: string): void {
  if (access.mayJoin?.(user, room) ?? true) return;
  throw new Refusal('forbidden', `You may not be in the room ${JSON.stringify(room)}.`, id);
}
// #endregion
