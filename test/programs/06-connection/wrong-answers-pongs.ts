// You answer a pong with a pong: two such peers never stop (RFC 6455 §5.5.3).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    this.on('pong', (payload) => this.pong(payload));
  }
}
