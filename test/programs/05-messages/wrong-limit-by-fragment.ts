// Your limit is on each fragment; it is on the message, all fragments together (RFC 6455 §10.4).
import { type Frame, Opcode, ProtocolError } from '../../../solutions/03-frames.ts';
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  readonly #limit: number;

  constructor(handler: MessageHandler, limits: MessageLimits = {}) {
    super(handler, { ...limits, maxMessageLength: 64 * 1024 * 1024 });
    this.#limit = limits.maxMessageLength ?? 1_048_576;
  }

  override push(frame: Frame): void {
    if (frame.opcode < Opcode.Close && frame.payload.length > this.#limit) {
      throw new ProtocolError(1009, 'too long');
    }
    super.push(frame);
  }
}
