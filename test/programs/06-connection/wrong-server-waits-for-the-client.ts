// Your server waits for the client to end TCP; the server ends it first (RFC 6455 §7.1.1).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    const end = socket.end.bind(socket);
    socket.end = () => (socket.readableEnded ? end() : socket);
    super(socket, options);
  }
}
