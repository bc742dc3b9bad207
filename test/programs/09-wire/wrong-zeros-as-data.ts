// You fill a gap with zeros and show them as what was sent; say that the bytes are missing.
import {
  type FrameEvent,
  type FrameReaderOptions,
  FrameReader as Right,
} from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class FrameReader extends Right {
  readonly #tell: (event: FrameEvent) => void;

  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    super(options, tell);
    this.#tell = tell;
  }

  override gap(missing: number): void {
    this.#tell({ kind: 'gap', missing });
    super.push(Buffer.alloc(missing));
  }
}
