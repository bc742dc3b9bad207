// You inflate each message by itself; unless no_context_takeover was agreed on, it may refer to those before it (RFC 7692 §7.1.1).
import {
  type PermessageDeflateOptions,
  PermessageDeflate as Right,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  constructor(options: PermessageDeflateOptions) {
    const theirs = options.role === 'server' ? 'clientNoContextTakeover' : 'serverNoContextTakeover';
    super({ ...options, parameters: { ...options.parameters, [theirs]: true } });
    Object.assign(this, { parameters: options.parameters });
  }
}
