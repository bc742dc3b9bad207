// close() ends TCP before the peer has answered; wait for its Close frame (RFC 6455 §7.1.1).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  readonly #socket: Duplex;

  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    this.#socket = socket;
  }

  override close(code?: number, reason?: string): void {
    super.close(code, reason);
    setImmediate(() => this.#socket.end());
  }
}
