import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { jwtVerify, SignJWT } from 'jose';
import type { User } from '#labs/10-protocol';

const sessionLifetime = '12h';
export const ticketLifetimeMs = 60_000;
/** Tickets that wait to be used; past it the oldest is forgotten, so that asking for many costs no memory. */
const maxTickets = 10_000;

/**
 * The key that signs sessions: made from `secret`, so that nodes with one secret know each other's users, or
 * random, and then sessions end with the process.
 */
export function sessionKey(secret: string | undefined): KeyObject {
  return createSecretKey(secret ? Buffer.from(secret) : randomBytes(32));
}

/** A signed statement of who the bearer is, for the `Authorization` header. Valid for 12 hours. */
export async function createSession(key: KeyObject, user: User): Promise<string> {
  return await new SignJWT({ name: user.name })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user.id)
    .setIssuedAt()
    .setExpirationTime(sessionLifetime)
    .sign(key);
}

/** The user a session belongs to, or undefined if it is forged, altered or expired. */
export async function readSession(key: KeyObject, session: string): Promise<User | undefined> {
  try {
    // The algorithm is ours to say, never the token's: `none` and its like are refused.
    const { payload } = await jwtVerify<{ name: string }>(session, key, { algorithms: ['HS256'] });
    return payload.sub ? { id: payload.sub, name: payload.name } : undefined;
  } catch {
    return undefined;
  }
}

export function createUser(name: string): User {
  return { id: randomUUID(), name };
}

/**
 * Tickets stand for a session on the WebSocket, where a page cannot set an `Authorization` header. They live
 * for a minute and work once, so one that leaks is worth little.
 */
export class Tickets {
  readonly #waiting = new Map<string, { user: User; expiresAt: number }>();
  readonly #now: () => number;

  /** `now` is in ms and never goes back. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  issue(user: User): string {
    const ticket = randomBytes(32).toString('base64url');
    this.#forgetOld();
    this.#waiting.set(ticket, { user, expiresAt: this.#now() + ticketLifetimeMs });
    return ticket;
  }

  /** The user the ticket was made for; undefined if it is unknown, used or expired. */
  redeem(ticket: string): User | undefined {
    const found = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return found && found.expiresAt > this.#now() ? found.user : undefined;
  }

  /** A Map keeps the order of insertion, and all tickets live equally long: the first are the oldest. */
  #forgetOld(): void {
    const now = this.#now();
    for (const [ticket, { expiresAt }] of this.#waiting) {
      if (expiresAt > now && this.#waiting.size < maxTickets) return;
      this.#waiting.delete(ticket);
    }
  }
}

/** The host and port a request was meant for: a header in HTTP/1.1, a pseudo-header in HTTP/2 (RFC 9113 §8.3.1). */
export function hostOf(headers: IncomingHttpHeaders): string | undefined {
  const authority = headers[':authority'];
  return typeof authority === 'string' ? authority : headers.host;
}

/**
 * Whether a page of this origin may use the chat (RFC 6455 §10.2). A browser always says the true one.
 * A program may say any or none: the check protects users from foreign pages, and is no authentication.
 */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  return origin === `http://${host}` || origin === `https://${host}` || allowed.includes(origin);
}
