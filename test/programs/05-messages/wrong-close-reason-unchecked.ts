// You do not check the close reason: it is UTF-8, or the connection fails with 1007 (RFC 6455 §5.5.1).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import {
  decodeClosePayload as decode,
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  readonly #handler: MessageHandler;

  constructor(handler: MessageHandler, limits?: MessageLimits) {
    super(handler, limits);
    this.#handler = handler;
  }

  override push(frame: Frame): void {
    if (frame.opcode !== Opcode.Close) {
      super.push(frame);
      return;
    }
    const { code, reason } = decodeClosePayload(frame.payload);
    this.#handler.onClose(code, reason);
  }
}

export function decodeClosePayload(payload: Buffer): { code: number; reason: string } {
  if (payload.length < 2) return decode(payload);
  return { ...decode(payload.subarray(0, 2)), reason: payload.toString('utf8', 2) };
}
