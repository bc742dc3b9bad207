// Your client sends a frame that was encoded before: it is not masked with a key of its own (RFC 6455 §5.3).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, ReadyState, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  readonly #socket: Duplex;

  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    this.#socket = socket;
  }

  override sendFrame(bytes: Buffer): void {
    if (this.readyState === ReadyState.Open) this.#socket.write(bytes);
  }
}
