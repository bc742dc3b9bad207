// You tell messages that come after a Close frame; whatever follows it is ignored (RFC 6455 §5.5.1).
import type { Duplex } from 'node:stream';
import { Opcode } from '../../../solutions/03-frames.ts';
import { FrameParser } from '../../../solutions/04-frame-parser.ts';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, options);
    let closed = false;
    const parser = new FrameParser(options, ({ opcode, payload }) => {
      if (opcode === Opcode.Close) closed = true;
      else if (closed) this.emit('message', payload, false);
    });
    socket.on('data', (chunk) => {
      try {
        parser.push(chunk);
      } catch {}
    });
  }
}
