import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { isToken } from '#labs/01-handshake';
import { HandshakeError } from '#labs/02-client-handshake';
import { type Frame, type FrameToSend, Opcode, ProtocolError } from '#labs/03-frames';
import type { Extension } from '#labs/06-connection';
import { Unfinished } from '../workbook/unfinished.ts';

/** What one side wants of permessage-deflate (RFC 7692 §7.1). Default: none of it. */
export interface DeflateOptions {
  /** The server compresses each message by itself, and keeps no window for it. */
  serverNoContextTakeover?: boolean;
  /** The client compresses each message by itself, and the server keeps no window to inflate it. */
  clientNoContextTakeover?: boolean;
  /** The server refers back 2^bits bytes at most: 8 to 15, which are 256 bytes to 32 KiB. */
  serverMaxWindowBits?: number;
  /** The client refers back 2^bits bytes at most: 8 to 15. */
  clientMaxWindowBits?: number;
}

/** What both sides agreed on. */
export interface DeflateParameters {
  serverNoContextTakeover: boolean;
  clientNoContextTakeover: boolean;
  /** 8 to 15. */
  serverMaxWindowBits: number;
  /** 8 to 15. */
  clientMaxWindowBits: number;
}

/** One element of a `Sec-WebSocket-Extensions` header: a name, and its parameters with or without a value. */
interface ExtensionElement {
  name: string;
  parameters: [name: string, value: string | undefined][];
}

/**
 * Reads a `Sec-WebSocket-Extensions` header (RFC 6455 §9.1).
 *
 * @throws SyntaxError for what is not of that form.
 */
function parseExtensions(header: string): ExtensionElement[] {
  const elements = header.split(',').map((element) => element.trim());
  return elements
    .filter((element) => element !== '')
    .map((element) => {
      const [name, ...parameters] = element.split(';').map((part) => part.trim());
      if (!isToken(name)) throw new SyntaxError(`Not the name of an extension: ${JSON.stringify(name)}`);
      return { name, parameters: parameters.map(parseParameter) };
    });
}

/** `name`, `name=value` or `name="value"`: a quoted value is a token too, so no separator can be inside. */
function parseParameter(text: string): [name: string, value: string | undefined] {
  const [name, given, ...others] = text.split('=').map((part) => part.trim());
  const value = given?.replace(/^"(.*)"$/, (_, quoted: string) => quoted.replace(/\\(.)/g, '$1'));
  if (!isToken(name) || (value !== undefined && !isToken(value)) || others.length > 0) {
    throw new SyntaxError(`Not a parameter of an extension: ${JSON.stringify(text)}`);
  }
  return [name, value];
}

// TODO: helpers of your own, if you like: the parameters of one offer or answer, checked (RFC 7692 §7.1)

/**
 * What a client offers in `Sec-WebSocket-Extensions` (RFC 7692 §7.1): always that its own window can be
 * limited, by `client_max_window_bits` with or without a number, and the rest as wanted.
 *
 * @throws RangeError for a number of bits other than 8 to 15.
 */
export function formatOffer(options: DeflateOptions = {}): string {
  // TODO: the name, then each parameter that is wanted, with "; " in between (RFC 7692 §7.1)
  throw new Unfinished('07-compression: formatOffer');
}

/**
 * The server's choice: the first offer of permessage-deflate that it can accept, with the value of
 * `Sec-WebSocket-Extensions` that says so; undefined when there is none (RFC 7692 §5, §7.1). An offer with a
 * parameter that is unknown, comes twice or has a bad value is declined, as is one that cannot be limited to
 * `clientMaxWindowBits`.
 *
 * @throws SyntaxError for a header that is not of the form of RFC 6455 §9.1: the handshake must fail.
 * @throws RangeError for options with a number of bits other than 8 to 15.
 */
export function acceptOffer(
  header: string,
  options: DeflateOptions = {},
): { parameters: DeflateParameters; answer: string } | undefined {
  // TODO: for each offer: is it legal, can you do what it asks, what do you want beyond; then the answer (RFC 7692 §7.1)
  throw new Unfinished('07-compression: acceptOffer');
}

/**
 * The client's check of the answer (RFC 7692 §7.1): what was agreed on, or undefined when the server chose no
 * compression. `offer` and `answer` are values of `Sec-WebSocket-Extensions`; other extensions in them are
 * passed over.
 *
 * @throws HandshakeError `bad_extension` for an answer that is malformed, chooses twice, has a parameter that
 * is unknown, comes twice or has a bad value, or that fits none of the offers: the connection must fail.
 * @throws SyntaxError for an offer that is malformed.
 */
export function checkAnswer(offer: string, answer: string): DeflateParameters | undefined {
  // TODO: one element at most, with legal parameters, that keeps to what was offered (RFC 7692 §7.1)
  throw new Unfinished('07-compression: checkAnswer');
}

// TODO: helpers of your own, if you like: does an answer fit an offer?

/** How one side compresses. */
export interface DeflateContext {
  /** 8 to 15: matches refer back 2^bits bytes at most. */
  windowBits: number;
  /** True: each message is compressed by itself. False: it may refer to those before it (RFC 7692 §7.1.1). */
  noContextTakeover: boolean;
}

// TODO: the window: the last bytes that went by, which the next message may refer to

/** Compresses messages of one direction (RFC 7692 §7.2.1). Holds its window and nothing else: no zlib stream. */
export class Deflater {
  // TODO: the number of bits, and the window if messages may refer to those before

  constructor({ windowBits, noContextTakeover }: DeflateContext) {
    // TODO: keep what you need; zlib makes no raw stream of 8 bits (see the page), 9 will do
    throw new Unfinished('07-compression: constructor');
  }

  /**
   * The payload of a compressed message; undefined when it would be no smaller. The message counts as context
   * of the next ones only if a payload was returned: it must be sent then, and in order.
   */
  deflate(message: Uint8Array): Buffer | undefined {
    // TODO: deflateRawSync with a sync flush at the end and the window as dictionary, less the last four bytes (RFC 7692 §7.2.1)
    throw new Unfinished('07-compression: deflate');
  }
}

/** Inflates messages of one direction (RFC 7692 §7.2.2). Holds its window and nothing else: no zlib stream. */
export class Inflater {
  // TODO: the context, the limit, and the window if messages may refer to those before

  /** @param options.maxLength Bytes of a message, inflated. */
  constructor(options: DeflateContext & { maxLength: number }) {
    // TODO: keep what you need
    throw new Unfinished('07-compression: constructor');
  }

  /**
   * The message that was compressed.
   *
   * @throws ProtocolError 1009 as soon as more than `maxLength` bytes come out, 1007 for a payload that is not
   * DEFLATE or ends in the middle of a block. Inflate no more then.
   */
  inflate(payload: Buffer): Buffer {
    // TODO: append the four bytes, inflateRawSync with the window as dictionary and maxOutputLength; blocks may follow one with BFINAL 1 (RFC 7692 §7.2.2, §7.2.3.4)
    throw new Unfinished('07-compression: inflate');
  }
}

// TODO: helpers of your own, if you like: constants, and zlib's errors as a ProtocolError

export interface PermessageDeflateOptions {
  role: 'server' | 'client';
  parameters: DeflateParameters;
  /** Messages of fewer bytes are sent as they are. Default: 1024. */
  threshold?: number;
  /** Bytes of one message, as it comes and inflated. Default: 1 MiB (1,048,576). */
  maxMessageLength?: number;
  /** Frames in one compressed message. Default: 1024. */
  maxFragments?: number;
}

/**
 * The extension at work on one connection (RFC 7692 §6): whole messages are compressed where that makes them
 * smaller, and whole messages come out inflated. Control frames are not touched.
 */
export class PermessageDeflate implements Extension {
  readonly parameters: DeflateParameters;
  // TODO: a Deflater and an Inflater, the limits, and the compressed message whose fragments are coming

  constructor({ role, parameters, ...options }: PermessageDeflateOptions) {
    // TODO: which parameters are for what this side sends, and which for what it receives? (RFC 7692 §7.1)
    throw new Unfinished('07-compression: constructor');
  }

  /** A frame that is a whole message is compressed if that pays, with RSV1 set; any other is left as it is. */
  send(frame: FrameToSend): FrameToSend {
    // TODO: leave control frames, fragments and short messages alone; deflate the others (RFC 7692 §6)
    throw new Unfinished('07-compression: send');
  }

  /**
   * A frame that is not part of a compressed message is handed on as it is. A compressed message is handed on
   * inflated, as one frame, once its last fragment is here; until then there is nothing.
   *
   * @throws ProtocolError 1002 for RSV1 on a control frame or a continuation (RFC 7692 §6), and for a message
   * that begins before the one before it has ended; 1009 for a message over the limits, before it is inflated
   * or while it is; 1007 for one that cannot be inflated.
   */
  receive(frame: Frame): Frame | undefined {
    // TODO: RSV1 on the first frame says "compressed" (RFC 7692 §6); collect its fragments, inflate at the last
    throw new Unfinished('07-compression: receive');
  }

  // TODO: helpers of your own, if you like: collecting fragments within the limits, inflating them
}
