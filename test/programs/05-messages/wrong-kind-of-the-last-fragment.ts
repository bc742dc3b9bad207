// You take text or binary from the last fragment; its opcode is 0, only the first fragment says what the message is (RFC 6455 §5.4).
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
    if (frame.opcode < Opcode.Close) this.#opcode = frame.opcode;
    super.push(frame);
  }
}
