// Right, with tokens of its own make: the kind, the body and an HMAC over both, compared in constant time.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { User } from '#labs/10-protocol';
import type { AuthorityOptions, Identity } from '../../../solutions/15-auth.ts';
import { systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/15-auth.ts';

interface Body extends Identity {
  goodUntil: number;
  once?: string;
}

export class Authority {
  readonly #options: Required<AuthorityOptions>;

  constructor(options: AuthorityOptions) {
    if (options.secret.length < 32) throw new RangeError('32 bytes at least');
    this.#options = { sessionMs: 43_200_000, ticketMs: 60_000, clock: systemClock, ...options };
  }

  async createSession(user: User): Promise<string> {
    const goodUntil = this.#options.clock.now() + this.#options.sessionMs;
    return this.#seal('session', { user, session: randomId(), expiresAt: goodUntil, goodUntil });
  }

  async readSession(session: string): Promise<Identity | undefined> {
    const body = this.#open('session', session);
    return body && (await this.#unlessRevoked(body));
  }

  async issueTicket(identity: Identity): Promise<{ ticket: string; expiresInMs: number }> {
    const now = this.#options.clock.now();
    const goodUntil = Math.min(now + this.#options.ticketMs, identity.expiresAt);
    const ticket = this.#seal('ticket', { ...identity, goodUntil, once: randomId() });
    return { ticket, expiresInMs: goodUntil - now };
  }

  async redeemTicket(ticket: string): Promise<Identity | undefined> {
    const body = this.#open('ticket', ticket);
    if (!body) return undefined;
    const first = await this.#options.claims.claim(`used ${body.once}`, 2 * this.#options.ticketMs);
    return first ? await this.#unlessRevoked(body) : undefined;
  }

  async revoke(token: string): Promise<Identity | undefined> {
    const body = this.#open('session', token);
    if (!body) return undefined;
    const { user, session, expiresAt } = body;
    const lifetimeMs = expiresAt - this.#options.clock.now() + 300_000;
    const isFirst = await this.#options.claims.claim(`out ${session}`, lifetimeMs);
    if (!isFirst && !(await this.#options.claims.isClaimed(`out ${session}`)))
      throw new Error('not remembered');
    return { user, session, expiresAt };
  }

  async #unlessRevoked({ user, session, expiresAt }: Body): Promise<Identity | undefined> {
    if (await this.#options.claims.isClaimed(`out ${session}`)) return undefined;
    return { user, session, expiresAt };
  }

  #seal(kind: string, body: Body): string {
    const text = Buffer.from(JSON.stringify(body)).toString('base64url');
    return `${text}~${this.#mac(kind, text).toString('hex')}`;
  }

  #open(kind: string, token: string): Body | undefined {
    const [text, mac = ''] = token.split('~');
    const given = Buffer.from(mac, 'hex');
    const wanted = this.#mac(kind, text);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
    const body = JSON.parse(Buffer.from(text, 'base64url').toString()) as Body;
    return body.goodUntil > this.#options.clock.now() ? body : undefined;
  }

  #mac(kind: string, text: string): Buffer {
    return createHmac('sha512', this.#options.secret).update(`${kind}.${text}`).digest();
  }
}

function randomId(): string {
  return randomBytes(16).toString('hex');
}
