import { randomBytes as strongRandomBytes } from 'node:crypto';
import {
  acceptKey,
  formatHead,
  type HeaderList,
  headerValues,
  isToken,
  listElements,
} from '#labs/01-handshake';
import { Unfinished } from '../workbook/unfinished.ts';

/** Where a `ws:` or `wss:` URL leads (RFC 6455 §3). */
export interface Target {
  /** True for `wss:`. */
  secure: boolean;
  /** The name or address to connect to; an IPv6 address without its brackets. */
  hostname: string;
  /** The URL's port, else 80 or 443. */
  port: number;
  /** The Host header's value: the port is left out when it is the scheme's default (§4.1). */
  host: string;
  /** The resource name: path, and query if there is one; never empty (§3). */
  resource: string;
}

export interface RequestOptions {
  /** Subprotocols to offer, the most wanted first. Default: none. */
  protocols?: readonly string[];
  /** Further headers: `Authorization`, `Cookie`, `Origin`, `Sec-WebSocket-Extensions`. Default: none. */
  headers?: HeaderList;
  /** Where the key's 16 bytes come from. Default: the strong random bytes of `node:crypto`. */
  randomBytes?: (size: number) => Buffer;
}

/** The client's half of the handshake, and what is needed to judge the server's. */
export interface ClientRequest {
  /** The resource name asked for. */
  resource: string;
  /** All headers, in the order in which they are sent. */
  headers: HeaderList;
  /** The value of `Sec-WebSocket-Key`. */
  key: string;
  /** The subprotocols offered. */
  protocols: readonly string[];
}

/** The head of the server's answer, parsed. */
export interface UpgradeResponse {
  status: number;
  headers: HeaderList;
}

export type HandshakeErrorCode =
  | 'unexpected_status'
  | 'bad_upgrade'
  | 'bad_connection'
  | 'bad_accept'
  | 'bad_protocol'
  | 'bad_extension';

/** The answer did not make a WebSocket of the connection. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  readonly code: HandshakeErrorCode;
  /** The answer's status. */
  readonly status: number;
  /** Where a 3xx points: its `Location`. */
  readonly location?: string;
  /** What a 401 asks for: its `WWW-Authenticate`. */
  readonly challenge?: string;

  constructor(
    code: HandshakeErrorCode,
    message: string,
    status: number,
    details: { location?: string; challenge?: string } = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.location = details.location;
    this.challenge = details.challenge;
  }
}

/**
 * Reads a `ws:` or `wss:` URL (RFC 6455 §3). `http:` and `https:` mean `ws:` and `wss:`, as they do for the
 * browser's `WebSocket` (WHATWG WebSockets §3.1). A relative URL has nothing to be relative to here.
 *
 * @throws SyntaxError for anything that is no such URL, a fragment (even an empty one), and a user name or
 * password: the ws: URL of RFC 6455 has no place for them.
 */
export function parseUrl(url: string): Target {
  // TODO: let URL do the parsing; check scheme, fragment and credentials; fill in the Target (RFC 6455 §3)
  throw new Unfinished('02-client-handshake: parseUrl');
}

/**
 * Makes the request that asks for a WebSocket (RFC 6455 §4.1), with a key of its own.
 *
 * @throws SyntaxError for a subprotocol that is no token, or is offered twice, as the browser's `WebSocket`.
 * @throws TypeError for a further header that belongs to the handshake itself.
 */
export function createRequest(target: Target, options: RequestOptions = {}): ClientRequest {
  // TODO: check the protocols and further headers, make a key, list the headers (RFC 6455 §4.1)
  throw new Unfinished('02-client-handshake: createRequest');
}

/**
 * The request as it goes on the wire. It has no body.
 *
 * @throws TypeError for a header that would break the request apart, as `formatHead` of lab 01 does.
 */
export function formatRequest(request: ClientRequest): string {
  // TODO: write the request line (RFC 9112 §3) and the headers; lab 01 has the function for it
  throw new Unfinished('02-client-handshake: formatRequest');
}

// TODO: constants and helpers of your own, if you like

/**
 * Checks the server's answer (RFC 6455 §4.1). The protocol is `''` when the server chose none, which the RFC
 * allows even if some were offered; a browser fails such a connection (WHATWG WebSockets §2.2).
 *
 * @throws HandshakeError for the first rule that the answer breaks. The connection must then be closed.
 */
export function checkResponse(request: ClientRequest, response: UpgradeResponse): { protocol: string } {
  // TODO: check status, Upgrade, Connection, Accept, extensions and protocol in turn (RFC 6455 §4.1)
  throw new Unfinished('02-client-handshake: checkResponse');
}

// TODO: a helper that reads the names of extensions, if you like (RFC 6455 §9.1)
