// Right, with no classes within: the past is a Buffer that is cut anew each time, and fragments are one Buffer that grows.
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Frame, type FrameToSend, ProtocolError } from '../../../solutions/03-frames.ts';
import type { Extension } from '../../../solutions/06-connection.ts';
import type { DeflateParameters, PermessageDeflateOptions } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

const tail = Buffer.from('0000ffff', 'hex');
const { Z_SYNC_FLUSH } = constants;

interface Way {
  bits: number;
  forgets: boolean;
  past: Buffer;
}

export class PermessageDeflate implements Extension {
  readonly parameters: DeflateParameters;
  readonly #out: Way;
  readonly #in: Way;
  readonly #limits: { threshold: number; bytes: number; frames: number };
  #message: { first: Frame; payload: Buffer; frames: number } | undefined;

  constructor({ role, parameters, threshold, maxMessageLength, maxFragments }: PermessageDeflateOptions) {
    this.parameters = parameters;
    const past = Buffer.alloc(0);
    const server = {
      bits: parameters.serverMaxWindowBits,
      forgets: parameters.serverNoContextTakeover,
      past,
    };
    const client = {
      bits: parameters.clientMaxWindowBits,
      forgets: parameters.clientNoContextTakeover,
      past,
    };
    [this.#out, this.#in] = role === 'server' ? [server, client] : [client, server];
    this.#limits = {
      threshold: threshold ?? 1024,
      bytes: maxMessageLength ?? 2 ** 20,
      frames: maxFragments ?? 1024,
    };
  }

  send(frame: FrameToSend): FrameToSend {
    const { opcode, payload, fin = true } = frame;
    if (!fin || opcode === 0 || opcode > 2 || payload.length < this.#limits.threshold) return frame;
    const way = this.#out;
    const deflated = deflateRawSync(payload, {
      windowBits: Math.max(9, way.bits),
      level: 9,
      dictionary: way.past,
      finishFlush: Z_SYNC_FLUSH,
    });
    if (deflated.length - 4 >= payload.length) return frame;
    remember(way, payload);
    return { ...frame, rsv1: true, payload: deflated.subarray(0, -4) };
  }

  receive(frame: Frame): Frame | undefined {
    const begins = frame.opcode === 1 || frame.opcode === 2;
    if (frame.rsv1 && !begins) throw new ProtocolError(1002, 'RSV1');
    if (frame.opcode > 7 || (!begins && !this.#message)) return frame;
    if (begins && this.#message) throw new ProtocolError(1002, 'unfinished');
    if (begins && !frame.rsv1) return frame;

    const { first, payload, frames } = this.#message ?? { first: frame, payload: Buffer.alloc(0), frames: 0 };
    this.#message = { first, payload: Buffer.concat([payload, frame.payload]), frames: frames + 1 };
    const tooLong = this.#message.payload.length > this.#limits.bytes || frames >= this.#limits.frames;
    if (tooLong) throw new ProtocolError(1009, 'too long');
    if (!frame.fin) return undefined;
    const whole = inflate(this.#in, this.#message.payload, this.#limits.bytes);
    this.#message = undefined;
    return { ...first, fin: true, rsv1: false, payload: whole };
  }
}

function inflate(way: Way, payload: Buffer, limit: number): Buffer {
  const whole: Buffer[] = [];
  let length = 0;
  for (let rest = Buffer.concat([payload, tail]); rest.length > tail.length; ) {
    let read: { buffer: Buffer; engine: { bytesWritten: number } };
    try {
      read = inflateRawSync(rest, {
        windowBits: way.bits,
        dictionary: Buffer.concat([way.past, ...whole]).subarray(-(2 ** way.bits)),
        finishFlush: Z_SYNC_FLUSH,
        maxOutputLength: limit,
        info: true,
      }) as never;
    } catch (error) {
      throw new ProtocolError(
        (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 1009 : 1007,
        String(error),
      );
    }
    whole.push(Buffer.from(read.buffer));
    length += read.buffer.length;
    if (length > limit || whole.length > 1000) throw new ProtocolError(1009, 'too long');
    rest = rest.subarray(read.engine.bytesWritten);
  }
  const message = Buffer.concat(whole);
  remember(way, message);
  return message;
}

function remember(way: Way, message: Uint8Array): void {
  if (!way.forgets) way.past = Buffer.from(Buffer.concat([way.past, message]).subarray(-(2 ** way.bits)));
}
