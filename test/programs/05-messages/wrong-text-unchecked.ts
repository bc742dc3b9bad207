// Your assembler never checks text: bytes that are not UTF-8 must fail the connection with 1007 (RFC 6455 §8.1).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  #opcode = 0;

  constructor(handler: MessageHandler, limits?: MessageLimits) {
    super(
      { ...handler, onMessage: (data) => handler.onMessage(data, this.#opcode === Opcode.Binary) },
      limits,
    );
  }

  override push(frame: Frame): void {
    if (frame.opcode === Opcode.Text || frame.opcode === Opcode.Binary) this.#opcode = frame.opcode;
    super.push(frame.opcode === Opcode.Text ? { ...frame, opcode: Opcode.Binary } : frame);
  }
}
