export interface ReconnectOptions {
  onMessage(data: unknown): void;
  /** Called with each new socket once it is open: the place to sign in and to ask for what was missed. */
  onOpen?(socket: WebSocket): void;
  /** The other side said no, and meant it. */
  onRefused?(code: number, reason: string): void;
  random?: () => number;
}

const firstMs = 5_000;
const capMs = 30_000;
const connectTimeoutMs = 10_000;
const stableMs = 10_000;
/** After these another attempt may end otherwise. A code that is not here may mean no. */
const retryable = [1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015];

/** Full jitter: a random part of a limit that doubles up to the cap. */
export function retryDelay(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(capMs, firstMs * 2 ** failures);
}

export class ReconnectingClient {
  readonly #url: string;
  readonly #options: ReconnectOptions;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(url: string, options: ReconnectOptions) {
    this.#url = url;
    this.#options = options;
    this.#connect();
  }

  /** False: nothing was sent, and the caller keeps it for later. */
  send(data: string): boolean {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(data);
    return true;
  }

  /** Ends it for good: no timer is left, and no listener does anything any more. */
  close(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close(1000);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    const isCurrent = () => socket === this.#socket;

    this.#timer = setTimeout(() => {
      socket.close();
      this.#onClose(1006, 'too slow');
    }, connectTimeoutMs);

    socket.onopen = () => {
      if (!isCurrent()) return;
      clearTimeout(this.#timer);
      // Only a connection that lasts makes the failures before it good.
      this.#timer = setTimeout(() => {
        this.#failures = 0;
      }, stableMs);
      this.#options.onOpen?.(socket);
    };
    socket.onmessage = ({ data }) => {
      if (isCurrent()) this.#options.onMessage(data);
    };
    // No onerror: close always follows, and knows more.
    socket.onclose = ({ code, reason }) => {
      if (isCurrent()) this.#onClose(code, reason);
    };
  }

  #onClose(code: number, reason: string): void {
    this.#socket = undefined;
    clearTimeout(this.#timer);
    if (!retryable.includes(code)) {
      this.#options.onRefused?.(code, reason);
      return;
    }
    const delay = retryDelay(this.#failures++, this.#options.random);
    this.#timer = setTimeout(() => this.#connect(), delay);
  }
}
