// You drop what comes early; it is not sent again, the receiver has it (RFC 9293 §3.4).
import { Reassembler as Right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class Reassembler extends Right {
  #next: number | undefined;

  override push(segment: Segment): void {
    const { seq, syn, length } = segment;
    const start = syn ? seq + 1 : seq;
    this.#next ??= start;
    if (((start - this.#next) | 0) > 0) return;
    this.#next = Math.max(this.#next, start + length) >>> 0;
    super.push(segment);
  }
}
