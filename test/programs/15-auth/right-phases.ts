// Right, with origins taken apart by URL, an admission of named phases, and a table of what each message needs.
import { type ClientMessage, Refusal, type User } from '#labs/10-protocol';
import type { Access, AdmissionOptions, Identity, OriginPolicy } from '../../../solutions/15-auth.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/15-auth.ts';

export function isOriginAllowed(origin: string | undefined, { allowed, allowAbsent }: OriginPolicy): boolean {
  if (origin === undefined) return allowAbsent;
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) return false;
  return allowed.some((each) => URL.canParse(each) && new URL(each).origin === origin);
}

type Phase =
  | { name: 'outside' | 'over' }
  | { name: 'knocking'; endedMeanwhile: string[] }
  | { name: 'inside'; identity: Identity };

export class Admission {
  readonly #options: AdmissionOptions;
  readonly #clock: Clock;
  #phase: Phase = { name: 'outside' };
  #cancel: () => void;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#cancel = this.#at(this.#clock.now() + options.deadlineMs, () => this.#throwOut('too late'));
  }

  get identity(): Identity | undefined {
    if (this.#phase.name !== 'inside' || this.#phase.identity.expiresAt <= this.#clock.now())
      return undefined;
    return this.#phase.identity;
  }

  authenticate(ticket: string): Promise<Identity> {
    switch (this.#phase.name) {
      case 'over':
        return Promise.reject(new Refusal('unauthenticated', 'over'));
      case 'inside':
      case 'knocking':
        return Promise.reject(new Refusal('bad_message', 'once only'));
      case 'outside':
        return this.#knock(ticket);
    }
  }

  revoked(session: string): void {
    if (this.#phase.name === 'knocking') this.#phase.endedMeanwhile.push(session);
    if (this.#phase.name === 'inside' && this.#phase.identity.session === session)
      this.#throwOut('signed out');
  }

  stop(): void {
    this.#phase = { name: 'over' };
    this.#cancel();
  }

  async #knock(ticket: string): Promise<Identity> {
    const knocking: Phase = { name: 'knocking', endedMeanwhile: [] };
    this.#phase = knocking;
    let identity: Identity | undefined;
    try {
      identity = await this.#options.redeem(ticket);
    } finally {
      if (this.#phase === knocking) this.#phase = { name: 'outside' };
    }
    const isGood =
      identity &&
      this.#phase.name === 'outside' &&
      identity.expiresAt > this.#clock.now() &&
      !knocking.endedMeanwhile.includes(identity.session);
    if (!identity || !isGood) throw new Refusal('unauthenticated', 'no good');
    this.#phase = { name: 'inside', identity };
    this.#cancel();
    this.#cancel = this.#at(identity.expiresAt, () => this.#throwOut('the session is over'));
    return identity;
  }

  #throwOut(why: string): void {
    this.stop();
    this.#options.close(1008, why);
  }

  /** Looks at the time of day once an hour at least. */
  #at(when: number, run: () => void): () => void {
    let timer: unknown;
    const wait = () => {
      const left = when - this.#clock.now();
      timer = left <= 0 ? run() : this.#clock.setTimeout(wait, Math.min(left, 3_600_000));
    };
    wait();
    return () => this.#clock.clearTimeout(timer);
  }
}

const needs = {
  join: ['right'],
  leave: ['member'],
  chat: ['member', 'right'],
  direct: [],
  ping: [],
} as const;

export function authorize(message: ClientMessage, access: Access): User {
  const id = 'id' in message ? message.id : undefined;
  const { user } = access;
  if (!user) throw new Refusal('unauthenticated', 'who are you', id);
  if (message.type === 'auth') throw new Refusal('bad_message', 'I know you', id);
  for (const need of needs[message.type]) {
    const room = 'room' in message ? message.room : '';
    if (need === 'member' && !access.isIn(room)) throw new Refusal('not_in_room', 'not in', id);
    if (need === 'right' && access.mayJoin && !access.mayJoin(user, room)) {
      throw new Refusal('forbidden', 'not for you', id);
    }
  }
  return user;
}
