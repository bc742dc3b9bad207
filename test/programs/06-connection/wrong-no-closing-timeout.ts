// You wait for ever for a peer that does not answer a Close frame; end the socket after closeTimeoutMs (RFC 6455 §7.1.1).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, { ...options, closeTimeoutMs: 2 ** 31 - 1 });
  }
}
