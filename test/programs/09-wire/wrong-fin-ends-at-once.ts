// You end with the FIN, before bytes that are still missing (RFC 9293 §3.4).
import { type ByteSink, Reassembler as Right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class Reassembler extends Right {
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    super({
      onBytes: (bytes, cut) => sink.onBytes(bytes, cut),
      onGap: (missing) => sink.onGap(missing),
      onEnd() {},
    });
    this.#sink = sink;
  }

  override push(segment: Segment): void {
    super.push(segment);
    if (segment.fin) this.#sink.onEnd();
  }
}
