// You hand out a retransmitted segment again; its bytes went out already (RFC 9293 §3.10.7.4).
import { type ByteSink, Reassembler as Right, type Segment } from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class Reassembler extends Right {
  readonly #sink: ByteSink;
  readonly #seen = new Set<number>();

  constructor(sink: ByteSink) {
    super(sink);
    this.#sink = sink;
  }

  override push(segment: Segment): void {
    const isAgain = segment.length > 0 && this.#seen.has(segment.seq);
    this.#seen.add(segment.seq);
    if (isAgain) this.#sink.onBytes(segment.payload, segment.length - segment.payload.length);
    else super.push(segment);
  }
}
