// Right, and tells 1006 after a broken rule, by the letter of RFC 6455 §7.1.5: no Close frame came.
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteEvents } from '../../support/rewrite-events.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    let failed = false;
    rewriteEvents(this, (event, values) => {
      if (event === 'error') failed = true;
      return event === 'close' && failed ? [1006, Buffer.alloc(0)] : values;
    });
  }
}
