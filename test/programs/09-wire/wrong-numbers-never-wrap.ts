// You compare sequence numbers as numbers; after 4,294,967,295 comes 0 (RFC 9293 §3.4).
import { Reassembler as Right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class Reassembler extends Right {
  #highest = 0;

  override push(segment: Segment): void {
    if (segment.length > 0 && segment.seq + segment.length <= this.#highest) return;
    this.#highest = Math.max(this.#highest, segment.seq + segment.length);
    super.push(segment);
  }
}
