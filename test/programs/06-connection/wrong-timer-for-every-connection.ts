// You start a timer with the connection and leave it running: a process with such timers does not end.
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    setTimeout(() => {}, 60_000).unref();
  }
}
