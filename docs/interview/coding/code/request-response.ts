/** The answer to a request: the same id, and one of the two. */
interface Answer {
  id: number;
  result?: unknown;
  error?: { code: string; message: string };
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class RequestError extends Error {
  /** Of the other side, or `timeout`, `aborted`, `closed`, `too_many` of this one. */
  readonly code: string;

  constructor(code: string, message: string = code) {
    super(message);
    this.code = code;
  }
}

/** Questions and answers over one connection, in any order. One object a connection: ids begin anew. */
export class Requests {
  readonly #send: (text: string) => void;
  readonly #maxPending: number;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #isClosed = false;

  constructor(send: (text: string) => void, maxPending = 1_000) {
    this.#send = send;
    this.#maxPending = maxPending;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  request(
    method: string,
    params: unknown,
    { timeoutMs = 10_000, signal }: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new RequestError('closed');
      if (signal?.aborted) throw new RequestError('aborted');
      if (this.#pending.size >= this.#maxPending) throw new RequestError('too_many');

      const id = ++this.#lastId;
      // Every way out goes through here: nothing is left of a request that has ended.
      const settle = () => {
        this.#pending.delete(id);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      const onAbort = () => fail(new RequestError('aborted'));
      const timer = setTimeout(() => fail(new RequestError('timeout')), timeoutMs);
      signal?.addEventListener('abort', onAbort);
      this.#pending.set(id, {
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: fail,
      });
      try {
        this.#send(JSON.stringify({ id, method, params }));
      } catch (error) {
        fail(error as Error);
      }
    });
  }

  /** A message came. False: it answers nothing that is still asked, and may be an event. */
  receive({ id, result, error }: Answer): boolean {
    const pending = this.#pending.get(id);
    if (!pending) return false;
    if (error) pending.reject(new RequestError(error.code, error.message));
    else pending.resolve(result);
    return true;
  }

  /** The connection is gone. What was asked may have been done, or not: the caller must know. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of [...this.#pending.values()]) reject(new RequestError('closed'));
  }
}
