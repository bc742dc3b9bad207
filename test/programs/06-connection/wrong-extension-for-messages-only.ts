// Your pings, pongs and Close frames pass by the extension: every frame goes through it, which of them it changes is its choice.
import type { Duplex } from 'node:stream';
import { Opcode } from '../../../solutions/03-frames.ts';
import {
  type ConnectionOptions,
  type Extension,
  Connection as Right,
} from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, { ...options, extension: options.extension && dataOnly(options.extension) });
  }
}

function dataOnly(extension: Extension): Extension {
  return {
    send: (frame) => (frame.opcode < Opcode.Close ? extension.send(frame) : frame),
    receive: (frame) => (frame.opcode < Opcode.Close ? extension.receive(frame) : frame),
  };
}
