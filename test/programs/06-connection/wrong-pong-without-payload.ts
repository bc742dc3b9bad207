// Your pong is empty; it carries the payload of the ping it answers (RFC 6455 §5.5.3).
import type { Duplex } from 'node:stream';
import { Opcode } from '../../../solutions/03-frames.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteFrames } from '../../support/rewrite-frames.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(
      rewriteFrames(socket, (frame) =>
        frame.opcode === Opcode.Pong ? { ...frame, payload: Buffer.alloc(0) } : frame,
      ),
      options,
    );
  }
}
