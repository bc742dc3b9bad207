// Your text messages come as strings; as in ws they come as a Buffer, with a flag beside it.
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteEvents } from '../../support/rewrite-events.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    rewriteEvents(this, (event, values) =>
      event === 'message' && !values[1] ? [String(values[0]), false] : values,
    );
  }
}
