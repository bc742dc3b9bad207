import { Reconnector, type ReconnectState } from '#labs/13-reconnect';

export interface JsonLinkOptions {
  /** The subprotocol of the sketch. */
  subprotocol: string;
  onOpen(): void;
  onMessage(text: string): void;
  /** How it stands, in a sentence. */
  onState(sentence: string, isOpen: boolean): void;
}

/** A sketch's page stays in a person's sight: it comes back sooner than a chat of thousands would. */
const policy = { firstMs: 1_000, capMs: 8_000, pauseMs: 3_000 };

/** The WebSocket of a page to its server, for messages of JSON. It comes back by itself. */
export class JsonLink {
  readonly #reconnector: Reconnector;
  #socket: WebSocket | undefined;
  /** Why the last one ended, ready to be put into a sentence. */
  #cause = '';

  constructor(options: JsonLinkOptions) {
    this.#reconnector = new Reconnector({
      policy,
      connect: (attempt) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/socket`, options.subprotocol);
        this.#socket = socket;
        socket.onopen = () => {
          attempt.opened();
          options.onOpen();
        };
        socket.onmessage = ({ data }: MessageEvent<string>) => options.onMessage(data);
        socket.onclose = ({ code, reason }) => {
          this.#cause = reason === '' ? `${code}` : `${code}, ${reason}`;
          attempt.closed(code, reason);
        };
        return () => socket.close();
      },
      onState: (state) => options.onState(this.#sentence(state), state.name === 'open'),
    });
    addEventListener('offline', () => this.#reconnector.networkLost());
    addEventListener('online', () => this.#reconnector.networkBack());
    addEventListener('pageshow', ({ persisted }) => persisted && this.#reconnector.pageShown());
    this.#reconnector.tryNow();
  }

  /** Without effect while there is no connection: each begins anew. */
  send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #sentence(state: ReconnectState): string {
    switch (state.name) {
      case 'connecting':
        return 'Connecting …';
      case 'open':
        return 'Connected.';
      case 'waiting': {
        const seconds = Math.ceil((state.retryAt - Date.now()) / 1_000);
        return `Closed with ${this.#cause}. Again in ${seconds} s.`;
      }
      case 'offline':
        return 'No network.';
      case 'closed':
        return `Closed with ${this.#cause}. Reload the page to try again.`;
    }
  }
}
