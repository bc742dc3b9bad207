// You do not count empty fragments: a peer can send them for ever (RFC 6455 §10.4).
import { type Frame, Opcode } from '../../../solutions/03-frames.ts';
import { MessageAssembler as Right } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  #open = false;

  override push(frame: Frame): void {
    const { fin, opcode, payload } = frame;
    if (this.#open && opcode === Opcode.Continuation && !fin && payload.length === 0) return;
    super.push(frame);
    if (opcode < Opcode.Close) this.#open = !fin;
  }
}
