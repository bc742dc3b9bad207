// You refer to earlier messages although no_context_takeover was agreed on: the other side has forgotten them (RFC 7692 §7.1.1).
import {
  type PermessageDeflateOptions,
  PermessageDeflate as Right,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  constructor(options: PermessageDeflateOptions) {
    const takeover = { serverNoContextTakeover: false, clientNoContextTakeover: false };
    super({ ...options, parameters: { ...options.parameters, ...takeover } });
    Object.assign(this, { parameters: options.parameters });
  }
}
