import { AssertionError } from 'node:assert';
import type { ErrorCode, MessageOf, ServerMessage, User } from '#labs/10-protocol';
import { Refusal } from '#labs/10-protocol';
import {
  Admission,
  Authority,
  type AuthorityOptions,
  type Claims,
  type Identity,
  MemoryClaims,
} from '#labs/15-auth';
import { expectThat } from './expect-that.ts';
import { VirtualClock } from './virtual-clock.ts';

export const ada: User = { id: 'u1', name: 'Ada' };
/** 64 bytes: long enough for any HMAC of JWS. */
export const secret = Uint8Array.from({ length: 64 }, (_, index) => index);
export const minute = 60_000;
export const hour = 60 * minute;

/** Nodes of one chat: they share a secret, claims and a clock. */
export class Nodes {
  readonly clock = new VirtualClock();
  readonly claims: Claims;

  constructor(claims?: Claims) {
    this.claims = claims ?? new MemoryClaims(this.clock);
  }

  node(options: Partial<AuthorityOptions> = {}): Authority {
    return new Authority({ secret, claims: this.claims, clock: this.clock, ...options });
  }
}

/** A sign-in of Ada's. */
export async function signIn(authority: Authority): Promise<{ session: string; identity: Identity }> {
  const session = await authority.createSession(ada);
  const identity = await authority.readSession(session);
  expectThat(identity !== undefined, 'A session that was just made is not read.');
  return { session, identity };
}

/** A ticket of a new sign-in of Ada's. */
export async function getTicket(authority: Authority): Promise<string> {
  const { identity } = await signIn(authority);
  return (await authority.issueTicket(identity)).ticket;
}

/** Whether a promise gave somebody: undefined and a rejection both let nobody in. */
export async function admits(asked: Promise<Identity | undefined>): Promise<boolean> {
  return await asked.then(
    (identity) => identity !== undefined,
    () => false,
  );
}

/** The parts of a compact JWS; undefined for a token of another make. */
export function partsOf(token: string): { header: object; claims: object } | undefined {
  const [header, claims, signature] = token.split('.');
  if (signature === undefined) return undefined;
  return { header: readPart(header), claims: readPart(claims) };
}

function readPart(part: string): object {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
}

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * A token with one character exchanged for another, at a place from 0 to 1. The exchange turns the highest of the
 * character's six bits: never one that pads, nor a letter's case alone, which means nothing in hexadecimal.
 */
export function altered(token: string, place: number): string {
  const at = Math.floor(token.length * place);
  const exchanged = base64url[base64url.indexOf(token[at]) ^ 32] ?? 'A';
  return token.slice(0, at) + exchanged + token.slice(at + 1);
}

/** A redeem that answers when the check says so. */
class Redeemer {
  readonly asked: string[] = [];
  #answer: ((identity: Identity | undefined) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  readonly redeem = (ticket: string): Promise<Identity | undefined> => {
    this.asked.push(ticket);
    return new Promise((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = reject;
    });
  };

  answer(identity: Identity | undefined): void {
    this.#mustBeAsked(this.#answer)(identity);
  }

  fail(error: Error): void {
    this.#mustBeAsked(this.#fail)(error);
  }

  #mustBeAsked<T>(pending: T | undefined): T {
    if (!pending) throw new AssertionError({ message: 'authenticate has not asked redeem.' });
    return pending;
  }
}

/** One connection and its admission, on a clock of its own; the check plays client and authority. */
export class Door {
  readonly clock = new VirtualClock();
  readonly redeemer = new Redeemer();
  /** In ms. */
  readonly deadlineMs = 10_000;
  /** How and when it was closed, in ms from the start. */
  readonly closes: { code: number; reason: string; at: number }[] = [];
  readonly admission: Admission;
  readonly #start = this.clock.now();

  constructor() {
    this.admission = new Admission({
      redeem: this.redeemer.redeem,
      deadlineMs: this.deadlineMs,
      close: (code, reason) => this.closes.push({ code, reason, at: this.clock.now() - this.#start }),
      clock: this.clock,
    });
  }

  /** Ada, for so long from now, in ms. */
  identity(lastsMs = minute): Identity {
    return { user: ada, session: 's1', expiresAt: this.clock.now() + lastsMs };
  }

  /** A door that Ada has come through. */
  static async withAda(lastsMs?: number): Promise<Door> {
    const door = new Door();
    await door.admit(door.identity(lastsMs));
    return door;
  }

  async admit(identity: Identity | undefined): Promise<Identity> {
    const admitted = this.admission.authenticate('a ticket');
    this.redeemer.answer(identity);
    return await admitted;
  }

  /** Codes and times of its closes. */
  get closedAt(): string[] {
    return this.closes.map(({ code, at }) => `${code} at ${at}`);
  }
}

/** Expects a Refusal with this code; gives the reply its sender gets. */
export async function expectRefused(
  what: string,
  code: ErrorCode,
  act: () => unknown,
): Promise<MessageOf<ServerMessage, 'error'>> {
  let got: unknown;
  try {
    got = await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expectThat(
      error.reply.code === code,
      `${what} must be refused with ${code}; the refusal says ${error.reply.code}.`,
    );
    return error.reply;
  }
  throw new AssertionError({
    message: `${what} must be refused with ${code}; the answer was ${JSON.stringify(got)}.`,
  });
}
