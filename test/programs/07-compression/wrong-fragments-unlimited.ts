// You keep the fragments of a compressed message without a limit: a peer that never sends the last fills your memory.
import type { Frame } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  #fragments: Frame[] = [];

  override receive(frame: Frame): Frame | undefined {
    const [first] = this.#fragments;
    if (frame.opcode >= 8 || (frame.opcode === 0 && (!first || frame.rsv1))) return super.receive(frame);
    if (frame.opcode !== 0 && (first || !frame.rsv1)) {
      if (first) super.receive({ ...first, fin: false });
      return super.receive(frame);
    }
    this.#fragments.push(frame);
    if (!frame.fin) return undefined;
    const payload = Buffer.concat(this.#fragments.map((fragment) => fragment.payload));
    this.#fragments = [];
    return super.receive({ ...(first ?? frame), fin: true, payload });
  }
}
