// After a gap you take the next byte for the first of a frame; it may be any byte of one.
import {
  type FrameEvent,
  type FrameReaderOptions,
  FrameReader as Right,
} from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class FrameReader extends Right {
  readonly #options: FrameReaderOptions;
  readonly #tell: (event: FrameEvent) => void;
  #fresh: Right | undefined;

  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    super(options, tell);
    this.#options = options;
    this.#tell = tell;
  }

  override push(bytes: Buffer, cut = 0): void {
    if (!this.#fresh) {
      super.push(bytes, cut);
      return;
    }
    this.#fresh.push(bytes);
    if (cut > 0) this.gap(cut);
  }

  override gap(missing: number): void {
    this.#tell({ kind: 'gap', missing });
    this.#fresh = new Right(this.#options, this.#tell);
  }
}
