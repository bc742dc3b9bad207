// A continuation frame begins a message in your program; with nothing to continue it is a protocol error, 1002 (RFC 6455 §5.4).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import { MessageAssembler as Right } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  #open = false;

  override push(frame: Frame): void {
    const begins = frame.opcode === Opcode.Continuation && !this.#open;
    super.push(begins ? { ...frame, opcode: Opcode.Binary } : frame);
    if (frame.opcode < Opcode.Close) this.#open = !frame.fin;
  }
}
