// Your window is the very buffer that the application gave or got: when it changes that, your context is another than the peer's.
import type { Frame } from '../../../solutions/03-frames.ts';
import { PermessageDeflate as Right } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  #last: Frame | undefined;
  #given = Buffer.alloc(0);

  override receive(frame: Frame): Frame | undefined {
    const changed = this.#last && !this.#last.payload.equals(this.#given);
    const received = super.receive(frame);
    if (!frame.rsv1 || !received) return received;
    if (changed && this.#last) received.payload.fill(this.#last.payload[0]);
    this.#last = received;
    this.#given = Buffer.from(received.payload);
    return received;
  }
}
