// You close with 1002 whatever the offence: text that is not UTF-8 is 1007, too big is 1009 (RFC 6455 §7.4.1).
import type { Duplex } from 'node:stream';
import { Opcode } from '../../../solutions/03-frames.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteFrames } from '../../support/rewrite-frames.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(
      rewriteFrames(socket, (frame) => {
        const other =
          frame.opcode === Opcode.Close &&
          frame.payload.length >= 2 &&
          [1007, 1009].includes(frame.payload.readUInt16BE());
        return other ? { ...frame, payload: Buffer.of(0x03, 0xea) } : frame;
      }),
      options,
    );
  }
}
