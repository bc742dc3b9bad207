// You take any close code from the peer: 1005, 1006 and 1015 never travel, and most others are not defined (RFC 6455 §7.4).
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
  const { reason } = decode(Buffer.concat([Buffer.of(0x03, 0xe8), payload.subarray(2)]));
  return { code: payload.readUInt16BE(0), reason };
}
