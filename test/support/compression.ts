import { AssertionError } from 'node:assert';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect } from 'vitest';
import { HandshakeError } from '#labs/02-client-handshake';
import { type Frame, ProtocolError } from '#labs/03-frames';
import {
  acceptOffer,
  type DeflateOptions,
  type DeflateParameters,
  PermessageDeflate,
  type PermessageDeflateOptions,
} from '#labs/07-compression';
import { Unfinished } from '../../workbook/unfinished.ts';
import { frame } from './messages.ts';

/** What the checks of compression share: the other side of it, by zlib alone. */

/** Nothing limited, both windows kept: what an offer without parameters comes to. */
export const plainParameters: DeflateParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

const noBytes = Buffer.alloc(0);
const tail = Buffer.from('0000ffff', 'hex');
const { Z_SYNC_FLUSH } = constants;

/** The other side of one direction: all the messages so far are its context. */
export class PeerContext {
  #past = noBytes;
  readonly #bits: number;
  readonly #takeover: boolean;

  constructor({ bits = 15, takeover = true } = {}) {
    this.#bits = bits;
    this.#takeover = takeover;
  }

  deflate(message: string | Uint8Array): Buffer {
    const bytes = Buffer.from(message);
    const deflated = deflateRawSync(bytes, { ...this.#options(), finishFlush: Z_SYNC_FLUSH });
    this.#pass(bytes);
    return deflated.subarray(0, -4);
  }

  /** Inflates little at a time, so that zlib sees hardly more of the past than the window. */
  inflate(payload: Uint8Array): Buffer {
    const options = {
      ...this.#options(),
      finishFlush: Z_SYNC_FLUSH,
      chunkSize: Math.max(64, 2 ** (this.#bits - 3)),
    };
    const message = inflateRawSync(Buffer.concat([payload, tail]), options);
    this.#pass(message);
    return message;
  }

  #options() {
    return {
      windowBits: this.#bits,
      dictionary: this.#takeover ? this.#past.subarray(-(2 ** this.#bits)) : undefined,
    };
  }

  #pass(message: Buffer): void {
    this.#past = Buffer.concat([this.#past, message]).subarray(-(2 ** 15));
  }
}

/** The first frame of a compressed message; with `more` it is not the only one. */
export function compressedFrame(
  payload: string | Uint8Array,
  more?: 'more',
  kind: 'text' | 'binary' = 'text',
): Frame {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'hex') : payload;
  return { ...frame(kind, bytes, more), rsv1: true };
}

/** A server's extension with nothing limited, and no threshold. */
export function makeExtension(options: Partial<PermessageDeflateOptions> = {}): PermessageDeflate {
  return new PermessageDeflate({ role: 'server', parameters: plainParameters, threshold: 0, ...options });
}

/** Expects these frames to come to these messages, each as one frame without RSV1: `text Hello`. */
export function expectMessages(
  extension: PermessageDeflate,
  frames: readonly Frame[],
  messages: readonly string[],
): void {
  const received = frames.map((each) => extension.receive(each)).filter((each) => each !== undefined);
  const shown = received.map(({ opcode, payload, fin, rsv1 }) => {
    const flags = `${fin ? '' : ' (not final)'}${rsv1 ? ' (RSV1)' : ''}`;
    return `${opcode === 1 ? 'text' : opcode === 2 ? 'binary' : `opcode ${opcode}`} ${payload}${flags}`;
  });
  expect(shown, `What receive handed on after ${frames.length} frames`).toEqual(messages);
}

/** Expects a ProtocolError with one of these close codes. */
export function expectRuleBroken(what: string, codes: readonly number[], act: () => unknown): void {
  const error = thrownBy(act);
  if (error instanceof ProtocolError && codes.includes(error.closeCode)) return;
  const came =
    error instanceof ProtocolError
      ? `${error.closeCode} came`
      : error
        ? `"${error}" came`
        : 'nothing was thrown';
  throw new AssertionError({
    message: `${what}: a ProtocolError ${codes.join(' or ')} was expected, ${came}`,
  });
}

export function expectBadExtension(what: string, act: () => unknown): void {
  const error = thrownBy(act);
  if (error instanceof HandshakeError && error.code === 'bad_extension') return;
  const came = error ? `"${error}" came` : 'nothing was thrown';
  throw new AssertionError({ message: `${what}: a HandshakeError bad_extension was expected, ${came}` });
}

export function expectThrown(
  what: string,
  type: typeof RangeError | typeof SyntaxError,
  act: () => unknown,
): void {
  const error = thrownBy(act);
  if (error instanceof type) return;
  const came = error ? `"${error}" came` : 'nothing was thrown';
  throw new AssertionError({ message: `${what}: a ${type.name} was expected, ${came}` });
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Unfinished || error instanceof ReferenceError) throw error;
    return error;
  }
}

/** The parameters of `name; a; b=1`, by name; `''` for no value. */
export function parametersOf(element: string): Record<string, string> {
  const [name, ...parameters] = element.split(';').map((part) => part.trim());
  expect(name, `The extension in "${element}"`).toBe('permessage-deflate');
  const pairs = parameters.map((parameter) => parameter.split('=').map((part) => part.trim()));
  expect(new Set(pairs.map(([key]) => key)).size, `Different parameters in "${element}"`).toBe(pairs.length);
  return Object.fromEntries(pairs.map(([key, value = '']) => [key, value.replaceAll('"', '')]));
}

/** Expects an offer to be accepted with these parameters, by an answer that says just that. */
export function expectAccepted(
  offer: string,
  options: DeflateOptions | undefined,
  expected: Partial<DeflateParameters>,
): void {
  const accepted = acceptOffer(offer, options);
  const what = `${offer}${options ? `, the server's options ${JSON.stringify(options)}` : ''}`;
  if (!accepted) throw new AssertionError({ message: `This offer can be accepted: ${what}` });
  const { parameters, answer } = accepted;
  expect(parameters, `The parameters for ${what}`).toMatchObject(expected);

  const offered = parametersOf(offer.split(',')[0]);
  const answered = parametersOf(answer);
  const known = [
    'server_no_context_takeover',
    'client_no_context_takeover',
    'server_max_window_bits',
    'client_max_window_bits',
  ];
  expect(known, `Parameters that exist, for the answer "${answer}"`).toEqual(
    expect.arrayContaining(Object.keys(answered)),
  );
  const says = (name: string) => name in answered;
  expect(says('server_no_context_takeover'), `Whether "${answer}" has server_no_context_takeover`).toBe(
    parameters.serverNoContextTakeover,
  );
  expect(says('client_no_context_takeover'), `Whether "${answer}" has client_no_context_takeover`).toBe(
    parameters.clientNoContextTakeover,
  );
  expect(Number(answered.server_max_window_bits ?? 15), `server_max_window_bits in "${answer}"`).toBe(
    parameters.serverMaxWindowBits,
  );
  expect(Number(answered.client_max_window_bits ?? 15), `client_max_window_bits in "${answer}"`).toBe(
    parameters.clientMaxWindowBits,
  );
  if ('server_max_window_bits' in offered) {
    expect(says('server_max_window_bits'), `"${answer}" grants server_max_window_bits by naming it`).toBe(
      true,
    );
  }
  if (!offer.includes('client_max_window_bits')) {
    expect(
      says('client_max_window_bits'),
      `"${answer}" names client_max_window_bits, which was not offered`,
    ).toBe(false);
  }
}

/** Text that compresses well, of about that many bytes. */
export function prose(length: number, seed = 1): Buffer {
  const words = ['socket', 'frame', 'window', 'mask', 'ping', 'close', 'room', 'message', 'deflate', 'key'];
  let text = '';
  for (let at = seed; text.length < length; at = (at * 1103515245 + 12345) % 2147483648) {
    text += `${words[(at >> 8) % words.length]}${(at >> 4) % 100} `;
  }
  return Buffer.from(text.slice(0, length));
}

/** Bytes that do not compress. */
export function noise(length: number, seed = 1): Buffer {
  let state = seed;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    }),
  );
}

/** A payload of about a thousandth of the bytes it inflates to: zeros. */
export function bomb(megabytes: number): Buffer {
  const part = deflateRawSync(Buffer.alloc(1_000_000), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat(Array.from({ length: megabytes }, () => part)).subarray(0, -4);
}
