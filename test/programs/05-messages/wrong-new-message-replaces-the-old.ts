// Your assembler forgets an unfinished message when a new one begins; that is a protocol error, 1002 (RFC 6455 §5.4).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler {
  readonly #make: () => Right;
  #right: Right;

  constructor(handler: MessageHandler, limits?: MessageLimits) {
    this.#make = () => new Right(handler, limits);
    this.#right = this.#make();
  }

  push(frame: Frame): void {
    if (frame.opcode === Opcode.Text || frame.opcode === Opcode.Binary) this.#right = this.#make();
    this.#right.push(frame);
  }
}
