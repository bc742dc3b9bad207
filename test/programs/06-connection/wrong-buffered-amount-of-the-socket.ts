// Your bufferedAmount forgets your own queue: it must count from the moment of send.
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  readonly #socket: Duplex;

  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    this.#socket = socket;
  }

  override get bufferedAmount(): number {
    return this.#socket.writableLength;
  }
}
