import { isUtf8 } from 'node:buffer';
import { type Frame, Opcode, ProtocolError } from '#labs/03-frames';

/** What a peer may make us hold for one message. Both decide on what came, never on what was announced. */
export interface MessageLimits {
  /** Bytes of payload in one message, all fragments together. Default: 1 MiB (1,048,576). */
  maxMessageLength?: number;
  /** Frames in one message, empty ones too: each costs work and brings no byte. Default: 1024. */
  maxFragments?: number;
}

/** Where messages and control frames go, in the order they came. */
export interface MessageHandler {
  /** A whole message; `data` of a text message is valid UTF-8 (RFC 6455 §5.6). */
  onMessage(data: Buffer, isBinary: boolean): void;
  onPing(payload: Buffer): void;
  onPong(payload: Buffer): void;
  /** `code` is 1005 when the frame had no payload; that value never travels (RFC 6455 §7.4.1). */
  onClose(code: number, reason: string): void;
}

/**
 * Makes messages out of frames (RFC 6455 §5.4): joins fragments, lets control frames pass between them,
 * and checks that text is UTF-8 as it comes.
 */
export class MessageAssembler {
  // #region solution: the handler, the limits, and what you must remember between two frames of one message (RFC 6455 §5.4)
  readonly #handler: MessageHandler;
  readonly #maxLength: number;
  readonly #maxFragments: number;
  /** The message whose fragments are coming; undefined between messages. */
  #begun: BegunMessage | undefined;
  // #endregion

  constructor(handler: MessageHandler, limits: MessageLimits = {}) {
    // #region solution: keep the handler, and the limits with their defaults
    this.#handler = handler;
    this.#maxLength = limits.maxMessageLength ?? 1_048_576;
    this.#maxFragments = limits.maxFragments ?? 1024;
    // #endregion
  }

  /**
   * Takes the next frame. The frame itself must be sound already: reserved bits, opcodes, masking and the
   * rules of control frames are the parser's work.
   *
   * @throws ProtocolError 1002 for fragments out of order or a bad Close payload, 1007 for text that is not
   * UTF-8, 1009 for a message over its limits. The connection is over then; push no more.
   */
  push(frame: Frame): void {
    // #region solution: hand control frames on at once (§5.5), and data frames to the message they belong to (§5.4)
    switch (frame.opcode) {
      case Opcode.Ping:
        this.#handler.onPing(frame.payload);
        break;
      case Opcode.Pong:
        this.#handler.onPong(frame.payload);
        break;
      case Opcode.Close: {
        const { code, reason } = decodeClosePayload(frame.payload);
        this.#handler.onClose(code, reason);
        break;
      }
      default:
        this.#pushData(frame);
    }
    // #endregion
  }

  // #region solution: the steps of a data frame: first, in between, last; limits before bytes (RFC 6455 §5.4, §7.4.1)
  // #region data-frame
  #pushData({ fin, opcode, payload }: Frame): void {
    const continues = opcode === Opcode.Continuation;
    if (continues && !this.#begun) {
      throw new ProtocolError(1002, 'a continuation frame came with no message to continue');
    }
    if (!continues && this.#begun) {
      throw new ProtocolError(1002, 'a new message began before the last fragment of the one before');
    }
    if (!continues && fin) {
      this.#pushWhole(opcode, payload);
      return;
    }
    this.#begun ??= begin(opcode);
    this.#pushFragment(this.#begun, payload);
    if (fin) this.#finish(this.#begun);
  }
  // #endregion data-frame

  /** A message in one frame, as most are: nothing to join, so nothing to copy. */
  #pushWhole(opcode: number, payload: Buffer): void {
    this.#checkLength(payload.length);
    if (opcode === Opcode.Text && !isUtf8(payload)) throw notUtf8();
    this.#handler.onMessage(payload, opcode === Opcode.Binary);
  }

  // #region fragment
  #pushFragment(message: BegunMessage, payload: Buffer): void {
    if (++message.fragments > this.#maxFragments) {
      throw new ProtocolError(1009, `the message has more than ${this.#maxFragments} fragments`);
    }
    this.#checkLength(message.length + payload.length);
    if (message.utf8?.push(payload) === false) throw notUtf8();
    this.#append(message, payload);
  }
  // #endregion fragment

  #finish({ opcode, bytes, length, utf8 }: BegunMessage): void {
    if (utf8?.end() === false) throw notUtf8();
    // Before the handler runs: whatever it does, the next message starts clean.
    this.#begun = undefined;
    this.#handler.onMessage(bytes.subarray(0, length), opcode === Opcode.Binary);
  }

  #checkLength(length: number): void {
    if (length > this.#maxLength) {
      throw new ProtocolError(1009, `the message is longer than ${this.#maxLength} bytes`);
    }
  }

  /** Doubling keeps the copying linear: each byte moves twice on average, however many fragments there are. */
  #append(message: BegunMessage, payload: Buffer): void {
    const length = message.length + payload.length;
    if (length > message.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(
        Math.min(Math.max(length, 2 * message.bytes.length), this.#maxLength),
      );
      message.bytes.copy(grown, 0, 0, message.length);
      message.bytes = grown;
    }
    payload.copy(message.bytes, message.length);
    message.length = length;
  }
  // #endregion
}

/**
 * Checks UTF-8 that comes in pieces, cut anywhere. It knows after every byte whether the text can still
 * become valid (RFC 3629 §4: no overlong form, no surrogate, nothing above U+10FFFF).
 */
export class Utf8Validator {
  // #region solution: how many bytes the character that was cut still needs, and the range its next byte must be in (RFC 3629 §4)
  /** Continuation bytes still to come of the character that was cut; 0 between characters. */
  #missing = 0;
  /** The range of the next continuation byte. Only the second byte of a character can be narrower. */
  #lowest = 0x80;
  #highest = 0xbf;
  // #endregion

  /** False as soon as no continuation can make the text valid; the text is lost then, push no more. */
  push(bytes: Uint8Array): boolean {
    // #region solution: finish the character that was cut, check the whole ones, begin the one that is cut now; isUtf8 of node:buffer is fast for whole ones
    let start = 0;
    while (this.#missing > 0 && start < bytes.length) {
      if (!this.#step(bytes[start++])) return false;
    }
    const cut = startOfLastCharacter(bytes, start);
    if (!isUtf8(bytes.subarray(start, cut))) return false;
    for (let at = cut; at < bytes.length; at++) {
      if (!this.#step(bytes[at])) return false;
    }
    return true;
    // #endregion
  }

  /** False when the text ends within a character. */
  end(): boolean {
    // #region solution: a character that was begun must be whole
    return this.#missing === 0;
    // #endregion
  }

  // #region solution: one byte: does it lead a character, does it continue one, or can it not stand here? (RFC 3629 §4)
  // #region utf8
  #step(byte: number): boolean {
    if (this.#missing === 0) return this.#lead(byte);
    if (byte < this.#lowest || byte > this.#highest) return false;
    this.#missing--;
    this.#lowest = 0x80;
    this.#highest = 0xbf;
    return true;
  }

  #lead(byte: number): boolean {
    if (byte < 0x80) return true;
    // C0 and C1 could only begin overlong forms of ASCII; F5 and above, characters past U+10FFFF.
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) this.#lowest = 0xa0; // below: overlong
    if (byte === 0xed) this.#highest = 0x9f; // above: surrogates
    if (byte === 0xf0) this.#lowest = 0x90; // below: overlong
    if (byte === 0xf4) this.#highest = 0x8f; // above: past U+10FFFF
    return true;
  }
  // #endregion utf8
  // #endregion
}

/**
 * The payload of a Close frame (RFC 6455 §5.5.1): two bytes of code, then the reason in UTF-8; empty
 * without a code.
 *
 * @throws RangeError for a code that may not travel (§7.4), a reason without a code, or a reason longer
 * than 123 bytes of UTF-8: a control frame carries 125 (§5.5).
 */
export function encodeClosePayload(code?: number, reason = ''): Buffer {
  // #region solution: check code and reason, then write two bytes in network order and the reason (RFC 6455 §5.5.1)
  if (code === undefined) {
    if (reason !== '') throw new RangeError('a close reason needs a code before it');
    return noBytes;
  }
  if (!mayTravel(code)) throw new RangeError(`${code} is not a close code that may be sent`);
  const payload = Buffer.allocUnsafe(2 + Buffer.byteLength(reason));
  if (payload.length > 125) throw new RangeError('a close reason has at most 123 bytes of UTF-8');
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
  // #endregion
}

// #region close-payload
/**
 * Reads the payload of a Close frame. An empty one is code 1005, "no status received", which exists only
 * on this side of the wire (RFC 6455 §7.1.5).
 *
 * @throws ProtocolError 1002 for a payload of one byte or a code that may not travel, 1007 for a reason
 * that is not UTF-8.
 */
export function decodeClosePayload(payload: Buffer): { code: number; reason: string } {
  // #region solution: none, one or more bytes; is the code one that may travel (§7.4.1, §7.4.2); is the reason UTF-8
  if (payload.length === 0) return { code: 1005, reason: '' };
  if (payload.length === 1) throw new ProtocolError(1002, 'a close code has two bytes, one came');
  const code = payload.readUInt16BE(0);
  if (!mayTravel(code)) throw new ProtocolError(1002, `${code} is not a close code that may be sent`);
  const reason = payload.subarray(2);
  if (!isUtf8(reason)) throw new ProtocolError(1007, 'the close reason is not UTF-8');
  return { code, reason: reason.toString() };
  // #endregion
}
// #endregion close-payload

// #region solution: helpers: a message that has begun, which close codes may travel (RFC 6455 §7.4 and IANA's registry), and where a character cut by the end of a piece begins
/** A message of which the last fragment is still to come. */
interface BegunMessage {
  opcode: number;
  fragments: number;
  /** The fragments' bytes, copied: a fragment kept as it is could keep a whole chunk of the socket alive. */
  bytes: Buffer;
  length: number;
  /** For text only. */
  utf8: Utf8Validator | undefined;
}

function begin(opcode: number): BegunMessage {
  const utf8 = opcode === Opcode.Text ? new Utf8Validator() : undefined;
  return { opcode, fragments: 0, bytes: noBytes, length: 0, utf8 };
}

const noBytes = Buffer.alloc(0);

// #region close-codes
/**
 * True for the codes a Close frame may carry: those of RFC 6455 §7.4.1 but 1004, 1005, 1006 and 1015;
 * 1012 to 1014 from IANA's registry; 3000 to 3999 for libraries, 4000 to 4999 for applications (§7.4.2).
 */
function mayTravel(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}
// #endregion close-codes

function notUtf8(): ProtocolError {
  return new ProtocolError(1007, 'the text is not UTF-8');
}

/** Where the last character of `bytes` begins if the end may cut it, else the end: it has four bytes at most. */
function startOfLastCharacter(bytes: Uint8Array, start: number): number {
  const earliest = Math.max(start, bytes.length - 3);
  for (let at = bytes.length - 1; at >= earliest; at--) {
    if (bytes[at] >= 0xc0) return at;
  }
  return bytes.length;
}
// #endregion
