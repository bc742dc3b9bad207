/** The server has said no, in its words, or nobody has answered. */
export class RequestError extends Error {
  override name = 'RequestError';
}

/** A session with a chat server, over its HTTP pages. */
export class Session {
  readonly #server: URL;
  readonly #name: string;
  #session: string;

  private constructor(server: URL, name: string, session: string) {
    this.#server = server;
    this.#name = name;
    this.#session = session;
  }

  /** @throws RequestError with one sentence for a person. */
  static async open(server: URL, name: string): Promise<Session> {
    return new Session(server, name, await openSession(server, name));
  }

  /** A ticket for the next connection; a session that has ended is opened anew under the same name. */
  async getTicket(): Promise<string> {
    let response = await this.#requestTicket();
    if (response.status === 401) {
      this.#session = await openSession(this.#server, this.#name);
      response = await this.#requestTicket();
    }
    return (await read<{ ticket: string }>(response)).ticket;
  }

  async #requestTicket(): Promise<Response> {
    return await post(new URL('ticket', this.#server), { Authorization: `Bearer ${this.#session}` });
  }
}

async function openSession(server: URL, name: string): Promise<string> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await post(new URL('session', server), headers, JSON.stringify({ name }));
  return (await read<{ session: string }>(response)).session;
}

async function post(url: URL, headers: Record<string, string>, body?: string): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', headers, body });
  } catch (error) {
    // fetch itself says only that it failed; why, its cause knows.
    const { cause } = error as { cause?: { code?: string; message?: string } };
    const why = cause?.code ?? cause?.message ?? (error as Error).message;
    throw new RequestError(`There is no chat to be reached at ${url.origin} (${why}).`);
  }
}

async function read<Body>(response: Response): Promise<Body> {
  const body = (await response.json().catch(() => undefined)) as (Body & { error?: string }) | undefined;
  if (response.ok && body) return body;
  throw new RequestError(body?.error ?? `This is no chat: ${response.url} answered ${response.status}.`);
}
