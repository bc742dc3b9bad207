// Right, with the table of RFC 3629 §4 itself as the validator: eight rows, byte ranges, one cursor.
import { type Frame, Opcode, ProtocolError } from '../../../solutions/03-frames.ts';
import {
  type MessageHandler,
  type MessageLimits,
  MessageAssembler as Right,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

type Range = readonly [from: number, to: number];
const tail: Range = [0x80, 0xbf];

/** UTF8-1 to UTF8-4 of the grammar. */
const characters: readonly (readonly Range[])[] = [
  [[0x00, 0x7f]],
  [[0xc2, 0xdf], tail],
  [[0xe0, 0xe0], [0xa0, 0xbf], tail],
  [[0xe1, 0xec], tail, tail],
  [[0xed, 0xed], [0x80, 0x9f], tail],
  [[0xee, 0xef], tail, tail],
  [[0xf0, 0xf0], [0x90, 0xbf], tail, tail],
  [[0xf1, 0xf3], tail, tail, tail],
  [[0xf4, 0xf4], [0x80, 0x8f], tail, tail],
];

export class Utf8Validator {
  #row: readonly Range[] = [];
  #column = 0;

  push(bytes: Uint8Array): boolean {
    for (const byte of bytes) {
      if (this.end()) {
        const row = characters.find(([[from, to]]) => byte >= from && byte <= to);
        if (!row) return false;
        this.#row = row;
        this.#column = 1;
      } else {
        const [from, to] = this.#row[this.#column++];
        if (byte < from || byte > to) return false;
      }
    }
    return true;
  }

  end(): boolean {
    return this.#column === this.#row.length;
  }
}

/** The assembler takes text for bytes and gets them checked here. */
export class MessageAssembler extends Right {
  #text: Utf8Validator | undefined;

  constructor(handler: MessageHandler, limits?: MessageLimits) {
    const onMessage = (data: Buffer) => {
      const isText = this.#text !== undefined;
      this.#text = undefined;
      handler.onMessage(data, !isText);
    };
    super({ ...handler, onMessage }, limits);
  }

  override push(frame: Frame): void {
    const { fin, opcode, payload } = frame;
    if (opcode >= Opcode.Close) {
      super.push(frame);
      return;
    }
    if (opcode === Opcode.Text && !this.#text) this.#text = new Utf8Validator();
    const valid = this.#text?.push(payload) ?? true;
    const whole = !fin || (this.#text?.end() ?? true);
    if (!valid || !whole) throw new ProtocolError(1007, 'not UTF-8');
    super.push(opcode === Opcode.Text ? { ...frame, opcode: Opcode.Binary } : frame);
  }
}
