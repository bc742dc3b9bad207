// Right, with a list of copied fragments joined at the end, and the TextDecoder of the platform as validator.
import { type Frame, Opcode, ProtocolError } from '../../../solutions/03-frames.ts';
import {
  decodeClosePayload,
  type MessageHandler,
  type MessageLimits,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

interface Message {
  isBinary: boolean;
  fragments: Buffer[];
  length: number;
  text: Utf8Validator;
}

export class MessageAssembler {
  readonly #handler: MessageHandler;
  readonly #limits: Required<MessageLimits>;
  #message: Message | undefined;

  constructor(handler: MessageHandler, limits: MessageLimits = {}) {
    this.#handler = handler;
    this.#limits = { maxMessageLength: 1_048_576, maxFragments: 1024, ...limits };
  }

  push({ fin, opcode, payload }: Frame): void {
    if (opcode === Opcode.Ping) return void this.#handler.onPing(payload);
    if (opcode === Opcode.Pong) return void this.#handler.onPong(payload);
    if (opcode === Opcode.Close) {
      const { code, reason } = decodeClosePayload(payload);
      return void this.#handler.onClose(code, reason);
    }
    if ((opcode === Opcode.Continuation) !== (this.#message !== undefined)) {
      throw new ProtocolError(1002, 'fragments out of order');
    }
    this.#message ??= {
      isBinary: opcode === Opcode.Binary,
      fragments: [],
      length: 0,
      text: new Utf8Validator(),
    };
    const { isBinary, fragments, text } = this.#message;
    fragments.push(Buffer.from(payload));
    this.#message.length += payload.length;
    if (fragments.length > this.#limits.maxFragments) throw new ProtocolError(1008, 'too many fragments');
    if (this.#message.length > this.#limits.maxMessageLength) throw new ProtocolError(1009, 'too long');
    if (!isBinary && !(text.push(payload) && (!fin || text.end())))
      throw new ProtocolError(1007, 'not UTF-8');
    if (!fin) return;
    this.#message = undefined;
    this.#handler.onMessage(Buffer.concat(fragments), isBinary);
  }
}

export class Utf8Validator {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });

  push(bytes: Uint8Array): boolean {
    return this.#decodes(() => this.#decoder.decode(bytes, { stream: true }));
  }

  end(): boolean {
    return this.#decodes(() => this.#decoder.decode());
  }

  #decodes(decode: () => string): boolean {
    try {
      decode();
      return true;
    } catch {
      return false;
    }
  }
}
