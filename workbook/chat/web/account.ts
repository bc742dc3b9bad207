import type { User } from '#labs/10-protocol';
import { TabMemory } from './tab-memory.ts';

interface Session {
  session: string;
  user: User;
}

const memory = new TabMemory<Session | undefined>('session', undefined);

/** How often the server is asked to end a session, and how long to wait after each time, in ms. */
const signOutAttempts = 3;
const signOutPauseMs = 1_000;

/** Something the server said no to, in its words. */
export class RequestError extends Error {}

/**
 * Who the user is. Kept for this tab, so that a reload keeps the user, and a closed tab forgets them. The
 * session is a secret: it goes into the `Authorization` header and nowhere else.
 */
export class Account {
  #current: Session;

  private constructor(current: Session) {
    this.#current = current;
    memory.save(current);
  }

  static restore(): Account | undefined {
    const session = memory.load();
    return session && new Account(session);
  }

  /** @throws RequestError with the server's reason, for a name it does not take. */
  static async signIn(name: string): Promise<Account> {
    return new Account(await openSession(name));
  }

  get user(): User {
    return this.#current.user;
  }

  /**
   * Forgets who the user is, and has the server end the session. A server that cannot do it now is asked again,
   * a few times; a session that cannot be ended ends by age.
   */
  async signOut(): Promise<void> {
    memory.clear();
    for (let attempt = 1; attempt <= signOutAttempts; attempt++) {
      const request = { method: 'DELETE', headers: this.#authorization, keepalive: true };
      const response = await fetch('/session', request).catch(() => undefined);
      if (response && response.status !== 429 && response.status < 500) return;
      await new Promise((resolve) => setTimeout(resolve, signOutPauseMs));
    }
  }

  /**
   * A ticket for the next connection. A session can end before its page does, by age or with a server that
   * had made its own key: then a new one is opened under the same name.
   */
  async getTicket(): Promise<string> {
    let response = await this.#requestTicket();
    if (response.status === 401) {
      this.#current = await openSession(this.#current.user.name);
      memory.save(this.#current);
      response = await this.#requestTicket();
    }
    const { ticket } = (await read(response)) as { ticket: string };
    return ticket;
  }

  async #requestTicket(): Promise<Response> {
    return await fetch('/ticket', { method: 'POST', headers: this.#authorization });
  }

  get #authorization(): { Authorization: string } {
    return { Authorization: `Bearer ${this.#current.session}` };
  }
}

async function openSession(name: string): Promise<Session> {
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  return (await read(response)) as Session;
}

async function read(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  if (response.ok) return body;
  throw new RequestError((body as { error?: string }).error ?? `The server answered ${response.status}.`);
}
