// You drop a compressed message when a new one begins before its last fragment; that breaks a rule, 1002 (RFC 6455 §5.4).
import type { Frame } from '../../../solutions/03-frames.ts';
import {
  type PermessageDeflateOptions,
  PermessageDeflate as Right,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export class PermessageDeflate extends Right {
  readonly #options: PermessageDeflateOptions;
  #unfinished = false;
  #other: Right | undefined;

  constructor(options: PermessageDeflateOptions) {
    super(options);
    this.#options = options;
  }

  override receive(frame: Frame): Frame | undefined {
    const isFirst = frame.opcode === 1 || frame.opcode === 2;
    if (isFirst && this.#unfinished) this.#other = new Right(this.#options);
    if (frame.opcode < 8) this.#unfinished = !frame.fin && (isFirst ? frame.rsv1 : this.#unfinished);
    return this.#other ? this.#other.receive(frame) : super.receive(frame);
  }
}
