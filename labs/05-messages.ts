import { isUtf8 } from 'node:buffer';
import { type Frame, Opcode, ProtocolError } from '#labs/03-frames';
import { Unfinished } from '../workbook/unfinished.ts';

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
  // TODO: the handler, the limits, and what you must remember between two frames of one message (RFC 6455 §5.4)

  constructor(handler: MessageHandler, limits: MessageLimits = {}) {
    // TODO: keep the handler, and the limits with their defaults
    throw new Unfinished('05-messages: constructor');
  }

  /**
   * Takes the next frame. The frame itself must be sound already: reserved bits, opcodes, masking and the
   * rules of control frames are the parser's work.
   *
   * @throws ProtocolError 1002 for fragments out of order or a bad Close payload, 1007 for text that is not
   * UTF-8, 1009 for a message over its limits. The connection is over then; push no more.
   */
  push(frame: Frame): void {
    // TODO: hand control frames on at once (§5.5), and data frames to the message they belong to (§5.4)
    throw new Unfinished('05-messages: push');
  }

  // TODO: the steps of a data frame: first, in between, last; limits before bytes (RFC 6455 §5.4, §7.4.1)
}

/**
 * Checks UTF-8 that comes in pieces, cut anywhere. It knows after every byte whether the text can still
 * become valid (RFC 3629 §4: no overlong form, no surrogate, nothing above U+10FFFF).
 */
export class Utf8Validator {
  // TODO: how many bytes the character that was cut still needs, and the range its next byte must be in (RFC 3629 §4)

  /** False as soon as no continuation can make the text valid; the text is lost then, push no more. */
  push(bytes: Uint8Array): boolean {
    // TODO: finish the character that was cut, check the whole ones, begin the one that is cut now; isUtf8 of node:buffer is fast for whole ones
    throw new Unfinished('05-messages: push');
  }

  /** False when the text ends within a character. */
  end(): boolean {
    // TODO: a character that was begun must be whole
    throw new Unfinished('05-messages: end');
  }

  // TODO: one byte: does it lead a character, does it continue one, or can it not stand here? (RFC 3629 §4)
}

/**
 * The payload of a Close frame (RFC 6455 §5.5.1): two bytes of code, then the reason in UTF-8; empty
 * without a code.
 *
 * @throws RangeError for a code that may not travel (§7.4), a reason without a code, or a reason longer
 * than 123 bytes of UTF-8: a control frame carries 125 (§5.5).
 */
export function encodeClosePayload(code?: number, reason = ''): Buffer {
  // TODO: check code and reason, then write two bytes in network order and the reason (RFC 6455 §5.5.1)
  throw new Unfinished('05-messages: encodeClosePayload');
}

/**
 * Reads the payload of a Close frame. An empty one is code 1005, "no status received", which exists only
 * on this side of the wire (RFC 6455 §7.1.5).
 *
 * @throws ProtocolError 1002 for a payload of one byte or a code that may not travel, 1007 for a reason
 * that is not UTF-8.
 */
export function decodeClosePayload(payload: Buffer): { code: number; reason: string } {
  // TODO: none, one or more bytes; is the code one that may travel (§7.4.1, §7.4.2); is the reason UTF-8
  throw new Unfinished('05-messages: decodeClosePayload');
}

// TODO: helpers: a message that has begun, which close codes may travel (RFC 6455 §7.4 and IANA's registry), and where a character cut by the end of a piece begins
