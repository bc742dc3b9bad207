// You write each frame by itself; those of one turn of the event loop belong in one write.
import type { Duplex } from 'node:stream';
import { encodeFrame } from '../../../solutions/03-frames.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteFrames } from '../../support/rewrite-frames.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    const write = socket.write;
    socket.cork = () => {};
    super(
      rewriteFrames(socket, (frame) => {
        const maskingKey = frame.masked ? options.maskingKey?.() : undefined;
        write.call(socket, encodeFrame({ ...frame, maskingKey }), undefined as never);
        return undefined;
      }),
      options,
    );
  }
}
