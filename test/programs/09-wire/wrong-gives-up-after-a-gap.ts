// After a gap you read nothing more; a gap within a payload says exactly where the next frame begins (RFC 6455 §5.2).
import {
  type FrameEvent,
  type FrameReaderOptions,
  FrameReader as Right,
} from '../../../solutions/09-wire.ts';

export * from '../../../solutions/09-wire.ts';

export class FrameReader extends Right {
  readonly #tell: (event: FrameEvent) => void;
  #deaf = false;

  constructor(options: FrameReaderOptions, tell: (event: FrameEvent) => void) {
    super(options, tell);
    this.#tell = tell;
  }

  override push(bytes: Buffer, cut?: number): void {
    if (!this.#deaf) super.push(bytes, cut);
  }

  override gap(missing: number): void {
    this.#deaf = true;
    this.#tell({ kind: 'gap', missing });
  }
}
