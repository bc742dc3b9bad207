// You do not answer pings: a ping must be answered by a pong (RFC 6455 §5.5.2).
import type { Duplex } from 'node:stream';
import { Opcode } from '../../../solutions/03-frames.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';
import { rewriteFrames } from '../../support/rewrite-frames.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  #asked = 0;

  constructor(socket: Duplex, options: ConnectionOptions) {
    super(
      rewriteFrames(socket, (frame) => {
        return frame.opcode === Opcode.Pong && this.#asked-- <= 0 ? undefined : frame;
      }),
      options,
    );
  }

  override pong(payload?: Uint8Array): void {
    this.#asked++;
    super.pong(payload);
  }
}
