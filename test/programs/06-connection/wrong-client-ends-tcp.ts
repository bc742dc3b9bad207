// Your client ends TCP first; that is for the server to do (RFC 6455 §7.1.1).
import type { Duplex } from 'node:stream';
import { Opcode } from '../../../solutions/03-frames.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteFrames } from '../../support/rewrite-frames.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(
      rewriteFrames(socket, (frame) => {
        if (options.role === 'client' && frame.opcode === Opcode.Close) setImmediate(() => socket.end());
        return frame;
      }),
      options,
    );
  }
}
