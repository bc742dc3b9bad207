// You take the wrong side's parameters: a server sends by the server_ ones and receives by the client_ ones (RFC 7692 §7.1).
import {
  type PermessageDeflateOptions,
  PermessageDeflate as Right,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  constructor(options: PermessageDeflateOptions) {
    super({ ...options, role: options.role === 'server' ? 'client' : 'server' });
  }
}
