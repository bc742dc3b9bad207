// You check text when the message is whole; it must fail as soon as a byte makes it impossible (RFC 6455 §8.1).
import { isUtf8 } from 'node:buffer';
import { type Frame, Opcode, ProtocolError } from '../../../solutions/03-frames.ts';
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  #opcode = 0;

  constructor(handler: MessageHandler, limits?: MessageLimits) {
    const onMessage = (data: Buffer) => {
      const isBinary = this.#opcode === Opcode.Binary;
      if (!isBinary && !isUtf8(data)) throw new ProtocolError(1007, 'not UTF-8');
      handler.onMessage(data, isBinary);
    };
    super({ ...handler, onMessage }, limits);
  }

  override push(frame: Frame): void {
    if (frame.opcode === Opcode.Text || frame.opcode === Opcode.Binary) this.#opcode = frame.opcode;
    super.push(frame.opcode === Opcode.Text ? { ...frame, opcode: Opcode.Binary } : frame);
  }
}
