// You inflate the whole message and measure then: a megabyte of zeros, compressed, has taken a gigabyte by that time. Stop while inflating.
import { constants, inflateRawSync } from 'node:zlib';
import { type Frame, ProtocolError } from '../../../solutions/03-frames.ts';
import {
  type PermessageDeflateOptions,
  PermessageDeflate as Right,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  readonly #limit: number;

  constructor(options: PermessageDeflateOptions) {
    super(options);
    this.#limit = options.maxMessageLength ?? 1_048_576;
  }

  override receive(frame: Frame): Frame | undefined {
    if (frame.rsv1 && frame.fin && frame.opcode < 8 && frame.payload.length > 20_000) {
      const message = inflateRawSync(frame.payload, { finishFlush: constants.Z_SYNC_FLUSH });
      if (message.length > this.#limit) throw new ProtocolError(1009, 'too long');
    }
    return super.receive(frame);
  }
}
