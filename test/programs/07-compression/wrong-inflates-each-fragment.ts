// You inflate each fragment by itself; a message is cut anywhere, also in the middle of a block (RFC 7692 §6).
import type { Frame } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  #compressed = false;

  override receive(frame: Frame): Frame | undefined {
    if (frame.opcode >= 8) return super.receive(frame);
    if (frame.opcode === 0 && frame.rsv1) return super.receive(frame);
    if (frame.opcode !== 0) this.#compressed = frame.rsv1;
    if (!this.#compressed) return super.receive(frame);
    const whole = super.receive({ ...frame, opcode: 1, fin: true, rsv1: true });
    return whole && { ...whole, opcode: frame.opcode, fin: frame.fin };
  }
}
