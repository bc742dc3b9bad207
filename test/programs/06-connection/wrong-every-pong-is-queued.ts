// You queue a pong for every ping, also while the peer does not read: your memory is in its hands (RFC 6455 §5.5.3).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    this.on('ping', (payload) => socket.writableNeedDrain && this.pong(payload));
  }
}
