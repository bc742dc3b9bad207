// Right, and its close event tells the code that was sent after a broken rule, where the letter of RFC 6455 §7.1.5 is 1006.
import type { Duplex } from 'node:stream';
import { ProtocolError } from '../../../solutions/03-frames.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteEvents } from '../../support/rewrite-events.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    let sent: number | undefined;
    rewriteEvents(this, (event, values) => {
      if (event === 'error' && values[0] instanceof ProtocolError) sent = values[0].closeCode;
      return event === 'close' && sent !== undefined ? [sent, Buffer.alloc(0)] : values;
    });
  }
}
