import * as Y from 'yjs';

/** Messages of this name are binary: the first byte is the kind, the rest is what the kind says. */
export const subprotocol = 'editor.v1';

// #region kinds
export const Kind = {
  /** A state vector: what the sender has. */
  Have: 0,
  /** An update: the answer to `Have`, then each change. */
  Update: 1,
  /** Page to server: a name, and where the caret is. */
  Me: 2,
  /** Server to others: a number, four bytes, and its `Me`. */
  Someone: 3,
  /** Server to others: this number has gone. */
  Gone: 4,
} as const;
// #endregion kinds

/** What was received does not mean anything here: the connection is closed with this code (RFC 6455 §7.4.1). */
export class BadMessage extends Error {
  override name = 'BadMessage';
  /** 1003 for text, 1008 for bytes that are not what their kind says or too many messages, 1009 for too long ones. */
  readonly closeCode: number;

  constructor(closeCode: number, message: string) {
    super(message);
    this.closeCode = closeCode;
  }
}

export function encodeMessage(kind: number, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  const message = new Uint8Array(length);
  message[0] = kind;
  let at = 1;
  for (const part of parts) {
    message.set(part, at);
    at += part.length;
  }
  return message;
}

/** The kind is undefined for an empty message. The body is a view, not a copy. */
export function decodeMessage(message: Uint8Array): { kind: number | undefined; body: Uint8Array } {
  return { kind: message[0], body: message.subarray(1) };
}

/** Who somebody says they are, and where they write. Never part of the document: it ends with the connection. */
export interface Presence {
  name: string;
  /** A relative position of Yjs, see caret.ts; empty for none. */
  caret: Uint8Array;
}

/** Bytes of a name in UTF-8. */
const maxNameLength = 64;
/** A caret names a letter by its writer and number: up to 19 bytes, or the empty text by its name. */
const maxCaretLength = 32;

/** @throws RangeError for a name of no bytes or more than 64. */
export function encodePresence({ name, caret }: Presence): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  if (nameBytes.length < 1 || nameBytes.length > maxNameLength)
    throw new RangeError('A name has 1 to 64 bytes');
  return Uint8Array.of(nameBytes.length, ...nameBytes, ...caret);
}

/** @throws BadMessage 1008 for bytes that are none. */
export function decodePresence(body: Uint8Array): Presence {
  const end = 1 + body[0];
  const caret = body.slice(end);
  if (!(end > 1 && end <= body.length && end <= 1 + maxNameLength) || !isCaret(caret)) {
    throw new BadMessage(1008, 'This is not a name and a caret.');
  }
  return { name: decodeText(body.subarray(1, end)), caret };
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BadMessage(1008, 'A name is UTF-8.');
  }
}

/** Only a place in the text: another name or type would make something of that name in whoever looks it up. */
function isCaret(bytes: Uint8Array): boolean {
  if (bytes.length === 0) return true;
  if (bytes.length > maxCaretLength) return false;
  try {
    const { item, type, tname } = Y.decodeRelativePosition(bytes);
    return type === null && (item !== null || tname === textName);
  } catch {
    return false;
  }
}

/** What the document holds: one text, of this name. */
export const textName = 'text';

/** A connection's number, as four bytes, and back. */
export function encodeId(id: number): Uint8Array {
  return Uint8Array.of(id >>> 24, id >>> 16, id >>> 8, id);
}

/** From the first four bytes of `body`. */
export function decodeId(body: Uint8Array): number {
  return ((body[0] << 24) | (body[1] << 16) | (body[2] << 8) | body[3]) >>> 0;
}
