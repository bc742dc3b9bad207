// You destroy the socket after a broken rule: the peer never learns why. Send a Close frame with the code first (RFC 6455 §7.1.7).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    this.on('error', () => socket.destroy());
  }
}
