// Your client does not mask its frames; a server must close the connection then (RFC 6455 §5.1).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteFrames } from '../../support/rewrite-frames.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(
      rewriteFrames(socket, (frame) => ({ ...frame, masked: false })),
      options,
    );
  }
}
