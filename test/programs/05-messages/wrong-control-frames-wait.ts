// Your control frames wait for the message to end; they must be handled in the middle of it (RFC 6455 §5.4).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import { MessageAssembler as Right } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  #open = false;
  #waiting: Frame[] = [];

  override push(frame: Frame): void {
    if (frame.opcode >= Opcode.Close && this.#open) {
      this.#waiting.push(frame);
      return;
    }
    super.push(frame);
    if (frame.opcode < Opcode.Close) this.#open = !frame.fin;
    if (!this.#open) for (const each of this.#waiting.splice(0)) super.push(each);
  }
}
