// You want every fragment to be UTF-8 by itself; a fragment may end within a character, only the message must be whole (RFC 6455 §5.6).
import { isUtf8 } from 'node:buffer';
import { type Frame, Opcode, ProtocolError } from '../../../solutions/03-frames.ts';
import { MessageAssembler as Right } from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler extends Right {
  #text = false;

  override push(frame: Frame): void {
    if (frame.opcode < Opcode.Close) {
      if (frame.opcode !== Opcode.Continuation) this.#text = frame.opcode === Opcode.Text;
      if (this.#text && !isUtf8(frame.payload)) throw new ProtocolError(1007, 'not UTF-8');
    }
    super.push(frame);
  }
}
