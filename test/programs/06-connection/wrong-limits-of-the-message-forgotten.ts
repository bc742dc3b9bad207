// You pass no limits to the assembler: a message and its fragments have limits beside the frame (RFC 6455 §10.4).
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    super(socket, { ...options, maxMessageLength: undefined, maxFragments: undefined });
  }
}
