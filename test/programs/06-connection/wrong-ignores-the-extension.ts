// You never call the extension: what both sides agreed on is not done, and the peer's frames are not understood.
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, { extension: _ignored, ...options }: ConnectionOptions) {
    super(socket, options);
  }
}
