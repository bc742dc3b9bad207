import type { Nodes } from './nodes.ts';

/** The server has said no, in its words, or nobody has answered. */
export class RequestError extends Error {
  override name = 'RequestError';
}

/** This node cannot be used now; another one may do. */
class NodeAway extends RequestError {}

/** A session with a chat, over the HTTP pages of its nodes: it is good on each, if they share their secret. */
export class Session {
  readonly #nodes: Nodes;
  readonly #name: string;
  readonly #onSkipped: (sentence: string) => void;
  #session: string | undefined;

  private constructor(nodes: Nodes, name: string, onSkipped: (sentence: string) => void) {
    this.#nodes = nodes;
    this.#name = name;
    this.#onSkipped = onSkipped;
  }

  /**
   * `onSkipped` is told why a node was passed over for the next one.
   *
   * @throws RequestError with one sentence for a person.
   */
  static async open(nodes: Nodes, name: string, onSkipped: (sentence: string) => void): Promise<Session> {
    const session = new Session(nodes, name, onSkipped);
    await session.#firstOf((node) => session.#openAt(node));
    return session;
  }

  /** A ticket for the next connection, and the node it is from; a session that has ended is opened anew. */
  getTicket(): Promise<{ ticket: string; node: URL }> {
    return this.#firstOf(async (node) => {
      let response = await this.#requestTicket(node);
      if (response.status === 401) {
        await this.#openAt(node);
        response = await this.#requestTicket(node);
      }
      return { ticket: (await read<{ ticket: string }>(response)).ticket, node };
    });
  }

  /** What the first node that can be used answers. */
  async #firstOf<Answer>(ask: (node: URL) => Promise<Answer>): Promise<Answer> {
    const [first, ...others] = this.#nodes.candidates;
    let answer = ask(first);
    for (const node of others) {
      answer = answer.catch((error: Error) => {
        if (!(error instanceof NodeAway)) throw error;
        this.#onSkipped(error.message);
        return ask(node);
      });
    }
    return await answer;
  }

  async #openAt(node: URL): Promise<void> {
    const headers = { 'Content-Type': 'application/json' };
    const response = await post(new URL('session', node), headers, JSON.stringify({ name: this.#name }));
    this.#session = (await read<{ session: string }>(response)).session;
  }

  async #requestTicket(node: URL): Promise<Response> {
    return await post(new URL('ticket', node), { Authorization: `Bearer ${this.#session}` });
  }
}

/** @throws NodeAway when nobody answers, or the node says that it is not there for anyone. */
async function post(url: URL, headers: Record<string, string>, body?: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', headers, body });
  } catch (error) {
    // fetch itself says only that it failed; why, its cause knows.
    const { cause } = error as { cause?: { code?: string; message?: string } };
    const why = cause?.code ?? cause?.message ?? (error as Error).message;
    throw new NodeAway(`There is no chat to be reached at ${url.origin} (${why}).`);
  }
  if (response.status === 503) throw new NodeAway(`The chat at ${url.origin} takes nobody now (503).`);
  return response;
}

async function read<Body>(response: Response): Promise<Body> {
  const body = (await response.json().catch(() => undefined)) as (Body & { error?: string }) | undefined;
  if (response.ok && body) return body;
  throw new RequestError(body?.error ?? `This is no chat: ${response.url} answered ${response.status}.`);
}
