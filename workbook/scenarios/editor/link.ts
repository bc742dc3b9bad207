import { type Attempt, Reconnector, type ReconnectState } from '#labs/13-reconnect';
import { subprotocol } from './protocol.ts';

export interface LinkOptions {
  onOpen(): void;
  onMessage(message: Uint8Array): void;
  onLost(): void;
  onState(state: ReconnectState): void;
}

/** The page's connection to the server it came from; when it is lost it comes back, unless the person has it wait. */
export class Link {
  readonly #options: LinkOptions;
  readonly #reconnector: Reconnector;
  #socket: WebSocket | undefined;
  #attempt: Attempt | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#reconnector = new Reconnector({
      connect: (attempt) => this.#connect(attempt),
      onState: options.onState,
    });
    addEventListener('pageshow', ({ persisted }) => persisted && this.#reconnector.pageShown());
  }

  /** Connects at once, unless it is connected. */
  connect(): void {
    this.#reconnector.tryNow();
  }

  /** Ends the connection, and stays away until `connect`. */
  disconnect(): void {
    this.#reconnector.stop();
  }

  /** Without effect when there is no connection. */
  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  /** It is of use now: both sides have what the other had. */
  ready(): void {
    this.#attempt?.opened();
  }

  #connect(attempt: Attempt): () => void {
    const { protocol, host } = location;
    const socket = new WebSocket(`${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/socket`, subprotocol);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#attempt = attempt;
    // A socket that was let go may still speak; only the one of the moment is heard.
    socket.addEventListener('open', () => {
      if (socket === this.#socket) this.#options.onOpen();
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#options.onMessage(new Uint8Array(data));
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (socket !== this.#socket) return;
      this.#drop();
      attempt.closed(code, reason);
    });
    return () => {
      if (socket === this.#socket) this.#drop();
      socket.close(1000);
    };
  }

  #drop(): void {
    this.#socket = undefined;
    this.#attempt = undefined;
    this.#options.onLost();
  }
}
