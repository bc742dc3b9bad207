import { randomBytes as strongRandomBytes } from 'node:crypto';
import {
  acceptKey,
  formatHead,
  type HeaderList,
  headerValues,
  isToken,
  listElements,
} from '#labs/01-handshake';

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

// #region url
/**
 * Reads a `ws:` or `wss:` URL (RFC 6455 §3). `http:` and `https:` mean `ws:` and `wss:`, as they do for the
 * browser's `WebSocket` (WHATWG WebSockets §3.1). A relative URL has nothing to be relative to here.
 *
 * @throws SyntaxError for anything that is no such URL, a fragment (even an empty one), and a user name or
 * password: the ws: URL of RFC 6455 has no place for them.
 */
export function parseUrl(url: string): Target {
  // #region solution: let URL do the parsing; check scheme, fragment and credentials; fill in the Target (RFC 6455 §3)
  if (!URL.canParse(url)) throw new SyntaxError(`Not an absolute URL: ${url}`);
  const { protocol, hostname, port, host, pathname, search, username, password, href } = new URL(url);
  if (!['ws:', 'wss:', 'http:', 'https:'].includes(protocol)) {
    throw new SyntaxError(`A WebSocket URL begins with ws: or wss:, not ${protocol}`);
  }
  // `hash` is empty for "ws://host/#" too; a "#" that is no fragment is written %23.
  if (href.includes('#')) throw new SyntaxError('A WebSocket URL has no fragment');
  if (username || password) throw new SyntaxError('A WebSocket URL has no user name or password');
  const secure = protocol === 'wss:' || protocol === 'https:';
  const defaultPort = secure ? 443 : 80;
  return {
    secure,
    hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    // URL leaves out a scheme's default port, in `host` as well.
    port: port === '' ? defaultPort : Number(port),
    host,
    resource: pathname + search,
  };
  // #endregion
}
// #endregion url

// #region request
/**
 * Makes the request that asks for a WebSocket (RFC 6455 §4.1), with a key of its own.
 *
 * @throws SyntaxError for a subprotocol that is no token, or is offered twice, as the browser's `WebSocket`.
 * @throws TypeError for a further header that belongs to the handshake itself.
 */
export function createRequest(target: Target, options: RequestOptions = {}): ClientRequest {
  // #region solution: check the protocols and further headers, make a key, list the headers (RFC 6455 §4.1)
  const { protocols = [], headers = [], randomBytes = strongRandomBytes } = options;
  for (const protocol of protocols) {
    if (!isToken(protocol)) throw new SyntaxError(`Not a subprotocol name: ${JSON.stringify(protocol)}`);
  }
  if (new Set(protocols).size < protocols.length) throw new SyntaxError('A subprotocol is offered twice');
  for (const [name] of headers) {
    if (ownHeaders.has(name.toLowerCase())) throw new TypeError(`${name} is set by the handshake itself`);
  }
  const key = randomBytes(16).toString('base64');
  return {
    resource: target.resource,
    headers: [
      ['Host', target.host],
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Key', key],
      ['Sec-WebSocket-Version', '13'],
      ...(protocols.length > 0 ? [['Sec-WebSocket-Protocol', protocols.join(', ')] as const] : []),
      ...headers,
    ],
    key,
    protocols,
  };
  // #endregion
}

/**
 * The request as it goes on the wire. It has no body.
 *
 * @throws TypeError for a header that would break the request apart, as `formatHead` of lab 01 does.
 */
export function formatRequest(request: ClientRequest): string {
  // #region solution: write the request line (RFC 9112 §3) and the headers; lab 01 has the function for it
  return formatHead(`GET ${request.resource} HTTP/1.1`, request.headers);
  // #endregion
}
// #endregion request

// #region solution: constants and helpers of your own, if you like
/** Headers that only the handshake may set: a second one would make two answers to one question. */
const ownHeaders = new Set([
  'host',
  'upgrade',
  'connection',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  // The request has no body; with one of these the server would take the first frames for it.
  'content-length',
  'transfer-encoding',
]);
// #endregion

// #region check
/**
 * Checks the server's answer (RFC 6455 §4.1). The protocol is `''` when the server chose none, which the RFC
 * allows even if some were offered; a browser fails such a connection (WHATWG WebSockets §2.2).
 *
 * @throws HandshakeError for the first rule that the answer breaks. The connection must then be closed.
 */
export function checkResponse(request: ClientRequest, response: UpgradeResponse): { protocol: string } {
  // #region solution: check status, Upgrade, Connection, Accept, extensions and protocol in turn (RFC 6455 §4.1)
  const { status, headers } = response;
  const fail = (code: HandshakeErrorCode, message: string) => new HandshakeError(code, message, status);

  if (status !== 101) {
    throw new HandshakeError('unexpected_status', `Expected status 101, got ${status}`, status, {
      location: status >= 300 && status < 400 ? headerValues(headers, 'Location')[0] : undefined,
      challenge: status === 401 ? headerValues(headers, 'WWW-Authenticate').join(', ') : undefined,
    });
  }

  const upgrade = listElements(headers, 'Upgrade').join().toLowerCase();
  if (upgrade !== 'websocket') throw fail('bad_upgrade', 'The Upgrade header is not websocket');

  const connection = listElements(headers, 'Connection').map((element) => element.toLowerCase());
  if (!connection.includes('upgrade')) throw fail('bad_connection', 'The Connection header lacks Upgrade');

  const accepts = headerValues(headers, 'Sec-WebSocket-Accept');
  if (accepts.length !== 1 || accepts[0] !== acceptKey(request.key)) {
    throw fail('bad_accept', 'The Sec-WebSocket-Accept header does not belong to the key that was sent');
  }

  const offered = extensionNames(request.headers);
  if (!extensionNames(headers).every((name) => offered.includes(name))) {
    throw fail('bad_extension', 'The server uses an extension that was not offered');
  }

  const protocols = headerValues(headers, 'Sec-WebSocket-Protocol');
  if (protocols.length === 0) return { protocol: '' };
  if (protocols.length > 1 || !request.protocols.includes(protocols[0])) {
    throw fail('bad_protocol', 'The server chose a subprotocol that was not offered');
  }
  return { protocol: protocols[0] };
  // #endregion
}

// #region solution: a helper that reads the names of extensions, if you like (RFC 6455 §9.1)
/** The names alone: `permessage-deflate` of `permessage-deflate; client_max_window_bits`. */
function extensionNames(headers: HeaderList): string[] {
  return listElements(headers, 'Sec-WebSocket-Extensions').map((element) => element.split(';')[0].trim());
}
// #endregion
// #endregion check
