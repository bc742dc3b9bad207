// Right, with the life of a message written as a generator: each fragment is awaited where it is needed.
import { isUtf8 } from 'node:buffer';
import { type Frame, Opcode, ProtocolError } from '../../../solutions/03-frames.ts';
import {
  decodeClosePayload,
  type MessageHandler,
  type MessageLimits,
  Utf8Validator,
} from '../../../solutions/05-messages.ts';

export * from '../../../solutions/05-messages.ts';

export class MessageAssembler {
  readonly #handler: MessageHandler;
  readonly #messages: Generator<void, never, Frame>;

  constructor(
    handler: MessageHandler,
    { maxMessageLength = 2 ** 20, maxFragments = 2 ** 10 }: MessageLimits = {},
  ) {
    this.#handler = handler;
    this.#messages = readMessages(handler, maxMessageLength, maxFragments);
    this.#messages.next();
  }

  push(frame: Frame): void {
    if (frame.opcode < Opcode.Close) this.#messages.next(frame);
    else if (frame.opcode === Opcode.Ping) this.#handler.onPing(frame.payload);
    else if (frame.opcode === Opcode.Pong) this.#handler.onPong(frame.payload);
    else {
      const { code, reason } = decodeClosePayload(frame.payload);
      this.#handler.onClose(code, reason);
    }
  }
}

function* readMessages(
  handler: MessageHandler,
  maxLength: number,
  maxFragments: number,
): Generator<void, never, Frame> {
  for (;;) {
    let frame = yield;
    if (frame.opcode === Opcode.Continuation) throw new ProtocolError(1002, 'nothing to continue');
    const isBinary = frame.opcode === Opcode.Binary;
    const text = isBinary ? undefined : new Utf8Validator();
    const joined = new Joined(maxLength);
    for (let count = 1; ; count++) {
      if (count > maxFragments) throw new ProtocolError(1009, 'too many fragments');
      joined.add(frame.payload);
      if (text?.push(frame.payload) === false) throw new ProtocolError(1007, 'not UTF-8');
      if (frame.fin) break;
      frame = yield;
      if (frame.opcode !== Opcode.Continuation) throw new ProtocolError(1002, 'a message in a message');
    }
    const data = joined.bytes();
    if (text && !isUtf8(data)) throw new ProtocolError(1007, 'not UTF-8');
    handler.onMessage(data, isBinary);
  }
}

/** Bytes put one after another in blocks of one size. */
class Joined {
  readonly #limit: number;
  readonly #blocks: Buffer[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(bytes: Buffer): void {
    if (this.#length + bytes.length > this.#limit) throw new ProtocolError(1009, 'too long');
    for (let at = 0; at < bytes.length; ) {
      const used = this.#length % blockLength;
      if (used === 0) this.#blocks.push(Buffer.allocUnsafe(blockLength));
      const copied = bytes.copy(this.#blocks[this.#blocks.length - 1], used, at);
      at += copied;
      this.#length += copied;
    }
  }

  bytes(): Buffer {
    return Buffer.concat(this.#blocks, this.#length);
  }
}

const blockLength = 4096;
