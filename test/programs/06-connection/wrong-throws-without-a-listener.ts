// You emit 'error' with nobody listening: Node throws it, and one bad frame ends the server.
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    alwaysHeard(this, socket);
  }
}

function alwaysHeard(emitter: EventEmitter, socket: Duplex): void {
  const count = emitter.listenerCount;
  emitter.listenerCount = (event) => (event === 'error' && !socket.errored ? 1 : count.call(emitter, event));
}
