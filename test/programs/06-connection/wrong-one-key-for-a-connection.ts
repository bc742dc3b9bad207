// Your client uses one masking key for all its frames; each needs a fresh one (RFC 6455 §5.3).
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, Connection as Right } from '../../../solutions/06-connection.ts';

export * from '../../../solutions/06-connection.ts';

export class Connection extends Right {
  constructor(socket: Duplex, options: ConnectionOptions) {
    const key = randomBytes(4);
    super(socket, { ...options, maskingKey: options.maskingKey ?? (() => key) });
  }
}
