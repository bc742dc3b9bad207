// You read on after a broken rule; what follows can no longer be told apart (RFC 6455 §7.1.7).
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
    super(options, (event) => {
      tell(event);
      if (event.kind === 'error') this.#fresh = new Right(options, tell);
    });
    this.#options = options;
    this.#tell = tell;
  }

  override push(bytes: Buffer, cut?: number): void {
    if (this.#fresh) this.#fresh = new Right(this.#options, this.#tell);
    if (this.#fresh) this.#fresh.push(bytes, cut);
    else super.push(bytes, cut);
  }
}
