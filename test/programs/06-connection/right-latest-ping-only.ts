// Right, and answers only the latest of the pings that came in one turn, as RFC 6455 §5.5.3 allows.
import type { Duplex } from 'node:stream';
import { Opcode } from '../../../solutions/03-frames.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteFrames } from '../../support/rewrite-frames.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    let pongs = 0;
    super(
      rewriteFrames(socket, (frame) => {
        const answers = frame.opcode === Opcode.Pong && pongs > 0;
        return answers && --pongs > 0 ? undefined : frame;
      }),
      options,
    );
    this.on('ping', () => pongs++);
  }
}
