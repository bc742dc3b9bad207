import { type Attempt, Reconnector } from '#labs/13-reconnect';
import { RedisSession, type SessionOptions } from './redis-session.ts';
import { Unavailable } from './unavailable.ts';

export interface LinkOptions extends SessionOptions {
  /** A new session: Redis knows nothing of this node. What has to be told is told here; if it rejects, the session ends. */
  onSession(): Promise<void>;
  /** `isUp` has changed. */
  onHealth(isUp: boolean): void;
}

/** Keeps a session with Redis: when one ends, the next begins, after a random wait. While there is none, all fails at once. */
export class RedisLink {
  readonly #options: LinkOptions;
  readonly #reconnector: Reconnector;
  #session: RedisSession | undefined;
  /** Where to ask, one after the other: of a cluster, all that were seen last. */
  #urls: string[];
  #lastError = 'not connected yet';
  #isUp = false;
  #tried: (() => void) | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#urls = [options.url];
    this.#reconnector = new Reconnector({
      connect: (attempt) => this.#connect(attempt),
      onState: ({ name }) => this.#onState(name),
      policy: {
        firstMs: options.timeoutMs / 10,
        capMs: options.timeoutMs,
        maxRetries: Number.POSITIVE_INFINITY,
      },
    });
  }

  /** Whether there is a session, and `onSession` has done its part. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Ends when the first attempt has, whether or not Redis was there. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#tried = resolve;
      this.#reconnector.tryNow();
    });
  }

  stop(): void {
    this.#reconnector.stop();
  }

  /** Ends the session, and begins the next: for whoever finds that Redis and this node no longer agree. */
  renew(why: string): void {
    this.#session?.end(new Error(why));
  }

  /** @throws Unavailable (rejects) without a session, and when this one ends before there is an answer. */
  run(name: string, keys: readonly string[], args: readonly string[] = []): Promise<unknown> {
    return this.#session?.run(name, keys, args) ?? this.#unavailable();
  }

  send(key: string, command: string[]): Promise<unknown> {
    return this.#session?.send(key, command) ?? this.#unavailable();
  }

  /** Until the session ends: the next one has no subscriptions. */
  subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    return this.#session?.subscribe(channel, listener) ?? this.#unavailable();
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#session?.unsubscribe(channel) ?? this.#unavailable();
  }

  #connect(attempt: Attempt): () => void {
    const url = this.#urls.shift() ?? this.#options.url;
    this.#urls.push(url);
    const session = new RedisSession({ ...this.#options, url }, (why) => {
      this.#lastError = why.message;
      this.#session = undefined;
      attempt.closed(1006);
    });
    session
      .open()
      .then(() => {
        this.#session = session;
        this.#urls = [...new Set([...session.members, this.#options.url])];
        return this.#options.onSession();
      })
      .then(
        () => attempt.opened(),
        (error: Error) => session.end(error),
      );
    return () => session.end();
  }

  #onState(name: string): void {
    if (name !== 'connecting') this.#tried?.();
    const isUp = name === 'open';
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    this.#options.onHealth(isUp);
  }

  #unavailable(): Promise<never> {
    const { host } = new URL(this.#options.url);
    return Promise.reject(new Unavailable(`Redis at ${host} cannot be reached: ${this.#lastError}`));
  }
}
