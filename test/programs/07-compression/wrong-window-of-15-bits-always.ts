// You compress with a window of 32 KiB whatever was agreed on: the peer's is smaller, and lacks what you refer to (RFC 7692 §7.1.2).
import {
  type DeflateContext,
  type PermessageDeflateOptions,
  PermessageDeflate as Right,
  Deflater as RightDeflater,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  constructor(options: PermessageDeflateOptions) {
    super({
      ...options,
      parameters: { ...options.parameters, serverMaxWindowBits: 15, clientMaxWindowBits: 15 },
    });
    Object.assign(this, { parameters: options.parameters });
  }
}

export class Deflater extends RightDeflater {
  constructor(context: DeflateContext) {
    super({ ...context, windowBits: 15 });
  }
}
