import { createHash } from 'node:crypto';
import { Unfinished } from '../workbook/unfinished.ts';

/** Header fields in the order they came, names in any case, a name possibly more than once (RFC 9110 §5.2). */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A parsed HTTP request that asks for an upgrade. */
export interface UpgradeRequest {
  /** As it came: `GET`. Methods are case-sensitive (RFC 9110 §9.1). */
  method: string;
  /** `1.1` */
  httpVersion: string;
  headers: HeaderList;
}

export interface HandshakeOptions {
  /** Subprotocols this server speaks, in its order of preference. Default: none. */
  protocols?: readonly string[];
}

/** The server's answer: 101 and the connection is a WebSocket, anything else and it is not. */
export interface HandshakeAnswer {
  status: number;
  headers: HeaderList;
  /** The subprotocol chosen, or `''` for none. */
  protocol: string;
  /** Why it was refused, for a person to read; `''` with 101. Sent as the body. */
  reason: string;
}

/** The same for every WebSocket server there is, so that no other kind of server answers like one. */
const webSocketGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The reason phrases of the statuses this file uses; an empty one is valid HTTP (RFC 9112 §4). */
const reasonPhrases: Record<number, string> = {
  101: 'Switching Protocols',
  400: 'Bad Request',
  405: 'Method Not Allowed',
  426: 'Upgrade Required',
};

/**
 * The proof that the server read the key and speaks WebSocket: the base64 of the SHA-1 of the key, as it was
 * sent, followed by the protocol's GUID (RFC 6455 §4.2.2 item 5.4). It is no secret, and proves nothing else.
 */
export function acceptKey(key: string): string {
  // TODO: hash the key and the GUID as one string with SHA-1; answer in base64 (RFC 6455 §4.2.2)
  throw new Unfinished('01-handshake: acceptKey');
}

/** True for a token: one or more letters, digits and ``!#$%&'*+-.^_`|~`` (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

/** The values of every header line of that name, in order; names match in any case (RFC 9110 §5.1). */
export function headerValues(headers: HeaderList, name: string): string[] {
  // TODO: keep the lines whose name matches in any case, and return their values (RFC 9110 §5.1)
  throw new Unfinished('01-handshake: headerValues');
}

/**
 * The elements of a comma-separated list, which may be spread over several header lines (RFC 9110 §5.3).
 * The spaces around an element are not part of it, and empty elements do not count (§5.6.1).
 */
export function listElements(headers: HeaderList, name: string): string[] {
  // TODO: split every line at its commas, trim each element, drop the empty ones (RFC 9110 §5.6.1)
  throw new Unfinished('01-handshake: listElements');
}

// TODO: helpers of your own, if you like: one that makes a refusal, say

/**
 * Answers a request to upgrade (RFC 6455 §4.2). Status 101 carries `Upgrade`, `Connection`,
 * `Sec-WebSocket-Accept`, and `Sec-WebSocket-Protocol` if a subprotocol was chosen: the first of the
 * server's that the client offered. Never throws: whatever came is answered, by 101 or by a refusal.
 *
 * - 405 for a method other than GET
 * - 426 for a request that asks for no WebSocket, or for a version of it other than 13
 * - 400 for anything else that the handshake requires and the request lacks
 */
export function answerUpgrade(request: UpgradeRequest, options: HandshakeOptions = {}): HandshakeAnswer {
  // TODO: refuse what RFC 6455 §4.2.1 does not allow, rule by rule, then answer 101 (§4.2.2)
  throw new Unfinished('01-handshake: answerUpgrade');
}

/**
 * The head of an HTTP/1.1 message: the start line and each header on a line of its own, ended by CR LF, then
 * an empty line (RFC 9112 §2.1).
 *
 * @throws TypeError for a header name that is no token, or a line with anything but visible ASCII, spaces and
 * tabs: a CR LF inside a value would begin a header, or a body, that an attacker wrote (RFC 9110 §5.5).
 */
export function formatHead(startLine: string, headers: HeaderList): string {
  // TODO: refuse what may not be on a line, then join the lines with CR LF and end with an empty one
  throw new Unfinished('01-handshake: formatHead');
}

/**
 * The answer as it goes on the wire, to be sent as UTF-8. After a 101 come frames, so it has no body. A
 * refusal has the reason as its body, with `Content-Type`, `Content-Length` (bytes) and `Connection: close`
 * beside the answer's own headers.
 *
 * @throws TypeError as `formatHead` does.
 */
export function formatAnswer({ status, headers, reason }: HandshakeAnswer): string {
  // TODO: write the status line (RFC 9112 §4) and the headers; add the reason as a body unless it is 101
  throw new Unfinished('01-handshake: formatAnswer');
}
