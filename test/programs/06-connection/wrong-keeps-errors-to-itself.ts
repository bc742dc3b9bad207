// You close after a broken rule and tell nobody why: 'error' comes before 'close'.
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteEvents } from '../../support/rewrite-events.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    rewriteEvents(this, (event, values) => (event === 'error' ? undefined : values));
  }
}
