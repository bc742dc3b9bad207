// Your messages are lost while nobody listens; keep the first one until a listener is there.
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    this.on('message', () => {});
  }
}
