// Your pause only stops the socket: the other messages of the chunk at hand are still told.
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  readonly #socket: Duplex;

  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    this.#socket = socket;
  }

  override pause(): void {
    this.#socket.pause();
  }

  override resume(): void {
    this.#socket.resume();
  }
}
