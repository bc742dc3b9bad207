// You inflate without a limit: a kilobyte from the peer becomes a megabyte of your memory (RFC 6455 §10.4).
import {
  type PermessageDeflateOptions,
  PermessageDeflate as Right,
  Inflater as RightInflater,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

const plenty = 1024 ** 3;

export class PermessageDeflate extends Right {
  constructor(options: PermessageDeflateOptions) {
    super({ ...options, maxMessageLength: plenty });
  }
}

export class Inflater extends RightInflater {
  constructor(options: ConstructorParameters<typeof RightInflater>[0]) {
    super({ ...options, maxLength: plenty });
  }
}
