// Right, byte by byte: a table of states, each a function that takes one byte and names the next state.
import { decodeHeader, type Frame, type FrameHeader, ProtocolError } from '#labs/03-frames';
import type { FrameParserOptions } from '../../../solutions/04-frame-parser.ts';

type State = 'header' | 'payload' | 'failed';

export class FrameParser {
  #state: State = 'header';
  readonly #header = Buffer.alloc(14);
  #headerLength = 0;
  #decoded: FrameHeader | undefined;
  #payload = Buffer.alloc(16);
  #length = 0;
  readonly #onFrame: (frame: Frame) => void;
  readonly #rules: [number, (header: FrameHeader) => boolean][];

  constructor(
    { role, maxPayloadLength = 2 ** 20, allowRsv1 }: FrameParserOptions,
    onFrame: (frame: Frame) => void,
  ) {
    this.#onFrame = onFrame;
    this.#rules = [
      [1002, ({ rsv1 }) => !rsv1 || allowRsv1 === true],
      [1002, ({ rsv2, rsv3 }) => !rsv2 && !rsv3],
      [1002, ({ opcode }) => [0, 1, 2, 8, 9, 10].includes(opcode)],
      [1002, ({ opcode, fin, payloadLength }) => opcode < 8 || (fin && payloadLength < 126)],
      [1002, ({ masked }) => masked === (role === 'server')],
      [1009, ({ payloadLength }) => payloadLength <= maxPayloadLength],
    ];
  }

  readonly #states: Record<State, (byte: number) => State> = {
    header: (byte) => {
      this.#header[this.#headerLength++] = byte;
      const header = decodeHeader(this.#header, 0, this.#headerLength);
      if (!header) return 'header';
      const broken = this.#rules.find(([, holds]) => !holds(header));
      if (broken) throw new ProtocolError(broken[0], 'a rule was broken');
      this.#decoded = header;
      return header.payloadLength > 0 ? 'payload' : this.#finish(header);
    },
    payload: (byte) => {
      if (this.#length === this.#payload.length)
        this.#payload = Buffer.concat([this.#payload], 2 * this.#length);
      const keyStart = this.#headerLength - 4;
      const mask = this.#decoded?.masked ? this.#header[keyStart + (this.#length % 4)] : 0;
      this.#payload[this.#length] = byte ^ mask;
      this.#length++;
      return this.#decoded?.payloadLength === this.#length ? this.#finish(this.#decoded) : 'payload';
    },
    failed: () => 'failed',
  };

  push(chunk: Buffer): void {
    for (const byte of chunk) {
      const step = this.#states[this.#state];
      this.#state = 'failed';
      this.#state = step(byte);
    }
  }

  #finish({ headerLength: _, payloadLength: __, ...fields }: FrameHeader): State {
    const payload = Buffer.from(this.#payload.subarray(0, this.#length));
    this.#headerLength = 0;
    this.#payload = Buffer.alloc(16);
    this.#length = 0;
    this.#onFrame({ ...fields, payload });
    return 'header';
  }
}
