// Right, with a key derived for each kind of token, an audience for each instead of a typ, and a Map that sweeps itself.
import { hkdfSync, randomUUID } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { User } from '#labs/10-protocol';
import type { AuthorityOptions, Claims, Identity } from '../../../solutions/15-auth.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/15-auth.ts';

type Kind = 'session' | 'ticket';

export class Authority {
  readonly #keys: Record<Kind, Uint8Array>;
  readonly #options: AuthorityOptions;
  readonly #clock: Clock;

  constructor(options: AuthorityOptions) {
    if (options.secret.length < 32) throw new RangeError('The secret is too short.');
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const keyFor = (kind: Kind) => new Uint8Array(hkdfSync('sha256', options.secret, '', kind, 32));
    this.#keys = { session: keyFor('session'), ticket: keyFor('ticket') };
  }

  async createSession(user: User): Promise<string> {
    const end = this.#clock.now() + (this.#options.sessionMs ?? 43_200_000);
    return await this.#sign('session', { user, sid: randomUUID(), end }, end);
  }

  async readSession(session: string): Promise<Identity | undefined> {
    return await this.#unlessRevoked(await this.#read('session', session));
  }

  async issueTicket({
    user,
    session,
    expiresAt,
  }: Identity): Promise<{ ticket: string; expiresInMs: number }> {
    const now = this.#clock.now();
    const end = Math.min(expiresAt, now + (this.#options.ticketMs ?? 60_000));
    const ticket = await this.#sign('ticket', { user, sid: session, end: expiresAt, jti: randomUUID() }, end);
    return { ticket, expiresInMs: end - now };
  }

  async redeemTicket(ticket: string): Promise<Identity | undefined> {
    const payload = await this.#read('ticket', ticket);
    if (!payload || !(await this.#options.claims.claim(`jti ${payload.jti}`, 600_000))) return undefined;
    return await this.#unlessRevoked(payload);
  }

  async revoke(token: string): Promise<Identity | undefined> {
    const payload = await this.#read('session', token);
    if (!payload) return undefined;
    const { claims } = this.#options;
    await claims.claim(`sid ${payload.sid}`, Number(payload.end) - this.#clock.now() + 600_000);
    if (!(await claims.isClaimed(`sid ${payload.sid}`))) throw new Error('The sign-out was not remembered.');
    return this.#identity(payload);
  }

  async #unlessRevoked(payload: JWTPayload | undefined): Promise<Identity | undefined> {
    if (!payload || (await this.#options.claims.isClaimed(`sid ${payload.sid}`))) return undefined;
    return this.#identity(payload);
  }

  #identity({ user, sid, end }: JWTPayload): Identity {
    return { user: user as User, session: String(sid), expiresAt: Number(end) };
  }

  async #sign(kind: Kind, payload: JWTPayload, end: number): Promise<string> {
    return await new SignJWT({ ...payload, aud: kind, exp: end / 1000 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(this.#keys[kind]);
  }

  async #read(kind: Kind, token: string): Promise<JWTPayload | undefined> {
    const options = {
      algorithms: ['HS256'],
      audience: kind,
      requiredClaims: ['exp'],
      currentDate: new Date(this.#clock.now()),
    };
    const verified = await jwtVerify(token, this.#keys[kind], options).catch(() => undefined);
    return verified?.payload;
  }
}

export class MemoryClaims implements Claims {
  readonly #ends = new Map<string, number>();
  readonly #clock: Clock;
  readonly #maxKeys: number;

  constructor(clock: Clock = systemClock, maxKeys = 100_000) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  claim(key: string, lifetimeMs: number): Promise<boolean> {
    this.#sweep();
    const isFree = !this.#ends.has(key) && this.#ends.size < this.#maxKeys;
    if (isFree) this.#ends.set(key, this.#clock.now() + lifetimeMs);
    return Promise.resolve(isFree);
  }

  isClaimed(key: string): Promise<boolean> {
    this.#sweep();
    return Promise.resolve(this.#ends.has(key));
  }

  #sweep(): void {
    for (const [key, end] of this.#ends) if (end <= this.#clock.now()) this.#ends.delete(key);
  }
}
