// TCP that ends without a Close frame is 1006; 1005 is a Close frame without a code (RFC 6455 §7.1.5).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteEvents } from '../../support/rewrite-events.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    rewriteEvents(this, (event, values) =>
      event === 'close' && values[0] === 1006 ? [1005, values[1]] : values,
    );
  }
}
