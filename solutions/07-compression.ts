import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { isToken } from '#labs/01-handshake';
import { HandshakeError } from '#labs/02-client-handshake';
import { type Frame, type FrameToSend, Opcode, ProtocolError } from '#labs/03-frames';
import type { Extension } from '#labs/06-connection';

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

// #region solution: helpers of your own, if you like: the parameters of one offer or answer, checked (RFC 7692 §7.1)
const extensionName = 'permessage-deflate';
const mostBits = 15;

// #region legal-values
const isAbsent = (value: string | undefined) => value === undefined;
const isWindowBits = (value = '') => /^([89]|1[0-5])$/.test(value);

/** The four parameters there are, and what each may have as its value (RFC 7692 §7.1.1, §7.1.2). */
const isLegalValue = new Map([
  ['server_no_context_takeover', isAbsent],
  ['client_no_context_takeover', isAbsent],
  ['server_max_window_bits', isWindowBits],
  // "I can be limited", which only an offer says: an answer always has the number (§7.1.2.2).
  ['client_max_window_bits', (value?: string) => isAbsent(value) || isWindowBits(value)],
]);

type GivenParameters = ReadonlyMap<string, string | undefined>;

/** The parameters by name; undefined when one is unknown, comes twice or has a value it may not have. */
function readParameters({ parameters }: ExtensionElement): GivenParameters | undefined {
  const given = new Map(parameters);
  const areLegal = parameters.every(([name, value]) => isLegalValue.get(name)?.(value));
  return areLegal && given.size === parameters.length ? given : undefined;
}
// #endregion legal-values

/** The number of bits that a parameter names; 15 where it is not there, or has no value. */
function bitsOf(given: GivenParameters, name: string): number {
  return Number(given.get(name) ?? mostBits);
}

function formatElement(...parameters: (string | false | undefined)[]): string {
  return [extensionName, ...parameters.filter((parameter) => parameter)].join('; ');
}

/** The elements of a header that are about permessage-deflate. */
function deflateElements(header: string): ExtensionElement[] {
  return parseExtensions(header).filter(({ name }) => name === extensionName);
}

/** @throws RangeError for a number of bits other than 8 to 15. */
function checkOptions({
  serverMaxWindowBits = mostBits,
  clientMaxWindowBits = mostBits,
}: DeflateOptions): void {
  if (isWindowBits(String(serverMaxWindowBits)) && isWindowBits(String(clientMaxWindowBits))) return;
  throw new RangeError('A window has 8 to 15 bits');
}
// #endregion

// #region offer
/**
 * What a client offers in `Sec-WebSocket-Extensions` (RFC 7692 §7.1): always that its own window can be
 * limited, by `client_max_window_bits` with or without a number, and the rest as wanted.
 *
 * @throws RangeError for a number of bits other than 8 to 15.
 */
export function formatOffer(options: DeflateOptions = {}): string {
  // #region solution: the name, then each parameter that is wanted, with "; " in between (RFC 7692 §7.1)
  checkOptions(options);
  const { serverMaxWindowBits, clientMaxWindowBits } = options;
  return formatElement(
    options.serverNoContextTakeover && 'server_no_context_takeover',
    options.clientNoContextTakeover && 'client_no_context_takeover',
    serverMaxWindowBits !== undefined && `server_max_window_bits=${serverMaxWindowBits}`,
    clientMaxWindowBits === undefined
      ? 'client_max_window_bits'
      : `client_max_window_bits=${clientMaxWindowBits}`,
  );
  // #endregion
}
// #endregion offer

// #region accept-offer
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
  // #region solution: for each offer: is it legal, can you do what it asks, what do you want beyond; then the answer (RFC 7692 §7.1)
  checkOptions(options);
  for (const element of deflateElements(header)) {
    const offer = readParameters(element);
    if (!offer) continue;

    const clientLimit = options.clientMaxWindowBits ?? mostBits;
    if (clientLimit < mostBits && !offer.has('client_max_window_bits')) continue;

    const parameters: DeflateParameters = {
      serverNoContextTakeover: offer.has('server_no_context_takeover') || !!options.serverNoContextTakeover,
      clientNoContextTakeover: offer.has('client_no_context_takeover') || !!options.clientNoContextTakeover,
      serverMaxWindowBits: Math.min(
        bitsOf(offer, 'server_max_window_bits'),
        options.serverMaxWindowBits ?? mostBits,
      ),
      clientMaxWindowBits: Math.min(bitsOf(offer, 'client_max_window_bits'), clientLimit),
    };
    const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
    const limitsServer = offer.has('server_max_window_bits') || serverMaxWindowBits < mostBits;
    const answer = formatElement(
      parameters.serverNoContextTakeover && 'server_no_context_takeover',
      parameters.clientNoContextTakeover && 'client_no_context_takeover',
      limitsServer && `server_max_window_bits=${serverMaxWindowBits}`,
      clientMaxWindowBits < mostBits && `client_max_window_bits=${clientMaxWindowBits}`,
    );
    return { parameters, answer };
  }
  return undefined;
  // #endregion
}
// #endregion accept-offer

// #region check-answer
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
  // #region solution: one element at most, with legal parameters, that keeps to what was offered (RFC 7692 §7.1)
  const [chosen, ...others] = parseAnswer(answer);
  if (!chosen) return undefined;
  if (others.length > 0) throw badExtension('permessage-deflate is chosen twice');

  const given = readParameters(chosen);
  if (!given || (given.has('client_max_window_bits') && given.get('client_max_window_bits') === undefined)) {
    throw badExtension(`not an answer: ${answer}`);
  }
  const accepted = deflateElements(offer)
    .map(readParameters)
    .find((offered) => offered && fits(given, offered));
  if (!accepted) throw badExtension(`"${answer}" does not fit the offer "${offer}"`);

  return {
    serverNoContextTakeover: given.has('server_no_context_takeover'),
    // What the client offered of itself it keeps to, whether the server says so or not (§7.1.1.2, §7.1.2.2).
    clientNoContextTakeover:
      given.has('client_no_context_takeover') || accepted.has('client_no_context_takeover'),
    serverMaxWindowBits: bitsOf(given, 'server_max_window_bits'),
    clientMaxWindowBits: Math.min(
      bitsOf(given, 'client_max_window_bits'),
      bitsOf(accepted, 'client_max_window_bits'),
    ),
  };
  // #endregion
}

// #region solution: helpers of your own, if you like: does an answer fit an offer?
/** True when the answer grants all that the offer asks, and limits the client only if it can be limited. */
function fits(answer: GivenParameters, offer: GivenParameters): boolean {
  const grants = (name: string) => answer.has(name) || !offer.has(name);
  const isWithin = (name: string) => bitsOf(answer, name) <= bitsOf(offer, name);
  return (
    grants('server_no_context_takeover') &&
    grants('server_max_window_bits') &&
    isWithin('server_max_window_bits') &&
    (!answer.has('client_max_window_bits') ||
      (offer.has('client_max_window_bits') && isWithin('client_max_window_bits')))
  );
}

function parseAnswer(answer: string): ExtensionElement[] {
  try {
    return deflateElements(answer);
  } catch (error) {
    throw badExtension(String(error));
  }
}

function badExtension(message: string): HandshakeError {
  return new HandshakeError('bad_extension', message, 101);
}
// #endregion
// #endregion check-answer

/** How one side compresses. */
export interface DeflateContext {
  /** 8 to 15: matches refer back 2^bits bytes at most. */
  windowBits: number;
  /** True: each message is compressed by itself. False: it may refer to those before it (RFC 7692 §7.1.1). */
  noContextTakeover: boolean;
}

// #region solution: the window: the last bytes that went by, which the next message may refer to
// #region window
/** The last bytes of the messages that went by. Given to zlib as a dictionary, they are all its context. */
class SlidingWindow {
  readonly #size: number;
  #memory = noBytes;
  #length = 0;

  /** @param bits 8 to 15; memory is taken as bytes come, up to 2^bits. */
  constructor(bits: number) {
    this.#size = 2 ** bits;
  }

  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** Copies the bytes in at the end; what no longer fits falls out at the start. */
  slide(bytes: Uint8Array): void {
    const fresh = bytes.subarray(Math.max(0, bytes.length - this.#size));
    const kept = Math.min(this.#length, this.#size - fresh.length);
    const length = kept + fresh.length;
    const old = this.#memory.subarray(this.#length - kept, this.#length);
    if (length > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(Math.min(2 * length, this.#size));
    this.#memory.set(old);
    this.#memory.set(fresh, kept);
    this.#length = length;
  }
}
// #endregion window
// #endregion

// #region deflate
/** Compresses messages of one direction (RFC 7692 §7.2.1). Holds its window and nothing else: no zlib stream. */
export class Deflater {
  // #region solution: the number of bits, and the window if messages may refer to those before
  readonly #windowBits: number;
  readonly #window: SlidingWindow | undefined;
  // #endregion

  constructor({ windowBits, noContextTakeover }: DeflateContext) {
    // #region solution: keep what you need; zlib makes no raw stream of 8 bits (see the page), 9 will do
    // zlib has no raw deflate of 8 bits. With 9 it looks back 250 bytes at most (its window less 262), within 8.
    this.#windowBits = Math.max(windowBits, 9);
    if (!noContextTakeover) this.#window = new SlidingWindow(windowBits);
    // #endregion
  }

  /**
   * The payload of a compressed message; undefined when it would be no smaller. The message counts as context
   * of the next ones only if a payload was returned: it must be sent then, and in order.
   */
  deflate(message: Uint8Array): Buffer | undefined {
    // #region solution: deflateRawSync with a sync flush at the end and the window as dictionary, less the last four bytes (RFC 7692 §7.2.1)
    const deflated = deflateRawSync(message, {
      windowBits: this.#windowBits,
      dictionary: this.#window?.bytes,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    const payload = deflated.subarray(0, -flushEnd.length);
    if (payload.length >= message.length) return undefined;
    this.#window?.slide(message);
    return payload;
    // #endregion
  }
}
// #endregion deflate

// #region inflate
/** Inflates messages of one direction (RFC 7692 §7.2.2). Holds its window and nothing else: no zlib stream. */
export class Inflater {
  // #region solution: the context, the limit, and the window if messages may refer to those before
  readonly #windowBits: number;
  readonly #window: SlidingWindow | undefined;
  readonly #maxLength: number;
  // #endregion

  /** @param options.maxLength Bytes of a message, inflated. */
  constructor(options: DeflateContext & { maxLength: number }) {
    // #region solution: keep what you need
    this.#windowBits = options.windowBits;
    this.#maxLength = options.maxLength;
    if (!options.noContextTakeover) this.#window = new SlidingWindow(options.windowBits);
    // #endregion
  }

  /**
   * The message that was compressed.
   *
   * @throws ProtocolError 1009 as soon as more than `maxLength` bytes come out, 1007 for a payload that is not
   * DEFLATE or ends in the middle of a block. Inflate no more then.
   */
  inflate(payload: Buffer): Buffer {
    // #region solution: append the four bytes, inflateRawSync with the window as dictionary and maxOutputLength; blocks may follow one with BFINAL 1 (RFC 7692 §7.2.2, §7.2.3.4)
    const window = this.#window ?? new SlidingWindow(this.#windowBits);
    const parts: Buffer[] = [];
    let room = this.#maxLength;
    let rest = Buffer.concat([payload, streamEnd]);
    while (rest.length > streamEnd.length) {
      if (parts.length === mostStreams) throw new ProtocolError(1009, 'the message has too many last blocks');
      const { buffer, engine } = inflateStream(rest, {
        windowBits: this.#windowBits,
        dictionary: window.bytes,
        maxOutputLength: Math.max(room, 1),
      });
      room -= buffer.length;
      if (room < 0) throw new ProtocolError(1009, `the message is longer than ${this.#maxLength} bytes`);
      parts.push(buffer);
      window.slide(buffer);
      rest = rest.subarray(engine.bytesWritten);
    }
    // A copy, of just its size: what zlib returns keeps 16 KiB alive for a message of a few bytes.
    return Buffer.concat(parts);
    // #endregion
  }
}
// #endregion inflate

// #region solution: helpers of your own, if you like: constants, and zlib's errors as a ProtocolError
const noBytes = Buffer.alloc(0);

// #region stream-end
/** How a sync flush ends, an empty stored block; it is left out on the wire (RFC 7692 §7.2.1). */
const flushEnd = Buffer.from('0000ffff', 'hex');
/** The same, and an empty block with BFINAL 1: now zlib can tell a whole message from one that is cut. */
const streamEnd = Buffer.concat([flushEnd, Buffer.from('010000ffff', 'hex')]);
// #endregion stream-end
/** A block with BFINAL 1 may come anywhere (§7.2.3.4). Each costs work and may bring no byte. */
const mostStreams = 1024;

/** With `info`, zlib tells how far it read: up to the end of the first block with BFINAL 1. */
type Inflated = { buffer: Buffer; engine: { bytesWritten: number } };

function inflateStream(bytes: Buffer, options: ZlibOptions): Inflated {
  try {
    // The types leave out what `info` returns.
    return inflateRawSync(bytes, { ...options, info: true }) as unknown as Inflated;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new ProtocolError(1009, 'the message inflates beyond the limit');
    throw new ProtocolError(1007, `the message cannot be inflated: ${message}`);
  }
}
// #endregion

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
  // #region solution: a Deflater and an Inflater, the limits, and the compressed message whose fragments are coming
  readonly #deflater: Deflater;
  readonly #inflater: Inflater;
  readonly #threshold: number;
  readonly #maxMessageLength: number;
  readonly #maxFragments: number;
  /** What the fragments that are coming belong to; undefined between messages. */
  #unfinished: 'plain' | 'compressed' | undefined;
  #opcode = 0;
  #fragments: Buffer[] = [];
  #length = 0;
  // #endregion

  constructor({ role, parameters, ...options }: PermessageDeflateOptions) {
    // #region solution: which parameters are for what this side sends, and which for what it receives? (RFC 7692 §7.1)
    this.parameters = parameters;
    const { maxMessageLength = 1_048_576 } = options;
    const server = {
      windowBits: parameters.serverMaxWindowBits,
      noContextTakeover: parameters.serverNoContextTakeover,
    };
    const client = {
      windowBits: parameters.clientMaxWindowBits,
      noContextTakeover: parameters.clientNoContextTakeover,
    };
    const [own, theirs] = role === 'server' ? [server, client] : [client, server];
    this.#deflater = new Deflater(own);
    this.#inflater = new Inflater({ ...theirs, maxLength: maxMessageLength });
    this.#threshold = options.threshold ?? 1024;
    this.#maxMessageLength = maxMessageLength;
    this.#maxFragments = options.maxFragments ?? 1024;
    // #endregion
  }

  // #region send
  /** A frame that is a whole message is compressed if that pays, with RSV1 set; any other is left as it is. */
  send(frame: FrameToSend): FrameToSend {
    // #region solution: leave control frames, fragments and short messages alone; deflate the others (RFC 7692 §6)
    const isMessage = (frame.opcode === Opcode.Text || frame.opcode === Opcode.Binary) && frame.fin !== false;
    if (!isMessage || frame.payload.length < this.#threshold) return frame;
    const payload = this.#deflater.deflate(frame.payload);
    return payload ? { ...frame, payload, rsv1: true } : frame;
    // #endregion
  }
  // #endregion send

  // #region receive
  /**
   * A frame that is not part of a compressed message is handed on as it is. A compressed message is handed on
   * inflated, as one frame, once its last fragment is here; until then there is nothing.
   *
   * @throws ProtocolError 1002 for RSV1 on a control frame or a continuation (RFC 7692 §6), and for a message
   * that begins before the one before it has ended; 1009 for a message over the limits, before it is inflated
   * or while it is; 1007 for one that cannot be inflated.
   */
  receive(frame: Frame): Frame | undefined {
    // #region solution: RSV1 on the first frame says "compressed" (RFC 7692 §6); collect its fragments, inflate at the last
    const { fin, rsv1, opcode } = frame;
    const isFirst = opcode === Opcode.Text || opcode === Opcode.Binary;
    if (rsv1 && !isFirst)
      throw new ProtocolError(1002, 'only the first frame of a message may have RSV1 set');
    if (opcode >= Opcode.Close) return frame;
    if (isFirst) {
      if (this.#unfinished) throw new ProtocolError(1002, 'a new message began before the last fragment');
      this.#unfinished = rsv1 ? 'compressed' : 'plain';
      this.#opcode = opcode;
    }
    const kind = this.#unfinished;
    if (fin) this.#unfinished = undefined;
    if (kind !== 'compressed') return frame;
    this.#collect(frame.payload);
    return fin ? { ...frame, opcode: this.#opcode, rsv1: false, payload: this.#inflate() } : undefined;
    // #endregion
  }
  // #endregion receive

  // #region solution: helpers of your own, if you like: collecting fragments within the limits, inflating them
  #collect(fragment: Buffer): void {
    // A copy: the fragment may be a few bytes of a large chunk, and wait long.
    this.#fragments.push(Buffer.from(fragment));
    this.#length += fragment.length;
    if (this.#length > this.#maxMessageLength) {
      throw new ProtocolError(1009, `the compressed message is longer than ${this.#maxMessageLength} bytes`);
    }
    if (this.#fragments.length > this.#maxFragments) {
      throw new ProtocolError(1009, `the message has more than ${this.#maxFragments} fragments`);
    }
  }

  #inflate(): Buffer {
    const payload = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#length = 0;
    return this.#inflater.inflate(payload);
  }
  // #endregion
}
