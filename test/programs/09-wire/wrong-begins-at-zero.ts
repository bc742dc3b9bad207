// You wait for a SYN; a capture may start in the middle of a connection.
import { Reassembler as Right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class Reassembler extends Right {
  #hasBegun = false;

  override push(segment: Segment): void {
    this.#hasBegun ||= segment.syn;
    if (this.#hasBegun) super.push(segment);
  }
}
