// You send 1005 when there is no code; that value never travels, the payload is empty then (RFC 6455 §7.4.1).
import type { Duplex } from 'node:stream';
import { Opcode } from '../../../solutions/03-frames.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteFrames } from '../../support/rewrite-frames.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(
      rewriteFrames(socket, (frame) => {
        const empty = frame.opcode === Opcode.Close && frame.payload.length === 0;
        return empty ? { ...frame, payload: Buffer.of(0x03, 0xed) } : frame;
      }),
      options,
    );
  }
}
