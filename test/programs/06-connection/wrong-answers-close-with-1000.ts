// You answer every Close frame with 1000; the answer carries the code that came (RFC 6455 §5.5.1).
import type { Duplex } from 'node:stream';
import { Opcode } from '../../../solutions/03-frames.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteFrames } from '../../support/rewrite-frames.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(
      rewriteFrames(socket, (frame) => {
        const answers =
          frame.opcode === Opcode.Close && frame.payload.length === 2 && frame.payload.readUInt16BE() > 3000;
        return answers ? { ...frame, payload: Buffer.of(0x03, 0xe8) } : frame;
      }),
      options,
    );
  }
}
