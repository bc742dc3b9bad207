import { createHash } from 'node:crypto';

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

// #region accept-key
/**
 * The proof that the server read the key and speaks WebSocket: the base64 of the SHA-1 of the key, as it was
 * sent, followed by the protocol's GUID (RFC 6455 §4.2.2 item 5.4). It is no secret, and proves nothing else.
 */
export function acceptKey(key: string): string {
  // #region solution: hash the key and the GUID as one string with SHA-1; answer in base64 (RFC 6455 §4.2.2)
  return createHash('sha1')
    .update(key + webSocketGuid)
    .digest('base64');
  // #endregion
}
// #endregion accept-key

/** True for a token: one or more letters, digits and ``!#$%&'*+-.^_`|~`` (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

// #region lists
/** The values of every header line of that name, in order; names match in any case (RFC 9110 §5.1). */
export function headerValues(headers: HeaderList, name: string): string[] {
  // #region solution: keep the lines whose name matches in any case, and return their values (RFC 9110 §5.1)
  const wanted = name.toLowerCase();
  return headers.filter(([given]) => given.toLowerCase() === wanted).map(([, value]) => value.trim());
  // #endregion
}

/**
 * The elements of a comma-separated list, which may be spread over several header lines (RFC 9110 §5.3).
 * The spaces around an element are not part of it, and empty elements do not count (§5.6.1).
 */
export function listElements(headers: HeaderList, name: string): string[] {
  // #region solution: split every line at its commas, trim each element, drop the empty ones (RFC 9110 §5.6.1)
  return headerValues(headers, name)
    .flatMap((value) => value.split(','))
    .map((element) => element.trim())
    .filter((element) => element !== '');
  // #endregion
}
// #endregion lists

// #region answer
// #region solution: helpers of your own, if you like: one that makes a refusal, say
/** The base64 of 16 bytes: 22 characters carry 132 bits, and `==` pads them to whole bytes (RFC 4648 §4). */
const base64Of16Bytes = /^[A-Za-z0-9+/]{22}==$/;

/** What a 426 must say (RFC 9110 §15.5.22), with the version spoken here (RFC 6455 §4.4). */
const upgradeRequired: HeaderList = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Version', '13'],
];

function refuse(status: number, reason: string, headers: HeaderList = []): HandshakeAnswer {
  return { status, headers, protocol: '', reason };
}
// #endregion

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
  // #region solution: refuse what RFC 6455 §4.2.1 does not allow, rule by rule, then answer 101 (§4.2.2)
  const { method, httpVersion, headers } = request;
  const hasToken = (name: string, token: string) =>
    listElements(headers, name).some((element) => element.toLowerCase() === token);

  if (method !== 'GET') return refuse(405, 'A WebSocket begins with GET', [['Allow', 'GET']]);

  const [host, ...otherHosts] = headerValues(headers, 'Host');
  if (!host || otherHosts.length > 0) return refuse(400, 'Exactly one Host header is needed');

  // An Upgrade header in HTTP/1.0 must be ignored (RFC 9110 §7.8): such a request asks for nothing.
  const mayUpgrade = Number(httpVersion) >= 1.1;
  if (!mayUpgrade || !hasToken('Upgrade', 'websocket')) {
    return refuse(426, 'This address speaks WebSocket only, over HTTP/1.1', upgradeRequired);
  }
  if (!hasToken('Connection', 'upgrade')) return refuse(400, 'The Connection header does not name Upgrade');

  // Before the key: a client of another version may have another idea of the key.
  const versions = headerValues(headers, 'Sec-WebSocket-Version');
  if (versions.length !== 1 || versions[0] !== '13') {
    return refuse(426, 'Only version 13 of the WebSocket protocol is spoken here', upgradeRequired);
  }

  const [key = '', ...otherKeys] = headerValues(headers, 'Sec-WebSocket-Key');
  if (!base64Of16Bytes.test(key) || otherKeys.length > 0) {
    return refuse(400, 'Exactly one Sec-WebSocket-Key is needed, 16 bytes in base64');
  }

  // #region subprotocol
  const offered = listElements(headers, 'Sec-WebSocket-Protocol');
  const repeated = new Set(offered).size < offered.length;
  const empty = offered.length === 0 && headerValues(headers, 'Sec-WebSocket-Protocol').length > 0;
  if (!offered.every(isToken) || repeated || empty) {
    return refuse(400, 'Sec-WebSocket-Protocol must list tokens, each once');
  }
  const protocol = options.protocols?.find((spoken) => offered.includes(spoken)) ?? '';
  // #endregion subprotocol

  return {
    status: 101,
    headers: [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', acceptKey(key)],
      // A header without a value would not mean "none" (RFC 6455 §4.2.2 item 4): none is no header.
      ...(protocol ? [['Sec-WebSocket-Protocol', protocol] as const] : []),
    ],
    protocol,
    reason: '',
  };
  // #endregion
}
// #endregion answer

// #region format
/**
 * The head of an HTTP/1.1 message: the start line and each header on a line of its own, ended by CR LF, then
 * an empty line (RFC 9112 §2.1).
 *
 * @throws TypeError for a header name that is no token, or a line with anything but visible ASCII, spaces and
 * tabs: a CR LF inside a value would begin a header, or a body, that an attacker wrote (RFC 9110 §5.5).
 */
export function formatHead(startLine: string, headers: HeaderList): string {
  // #region solution: refuse what may not be on a line, then join the lines with CR LF and end with an empty one
  for (const [name] of headers) {
    if (!isToken(name)) throw new TypeError(`Not a header name: ${JSON.stringify(name)}`);
  }
  const lines = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`)];
  for (const line of lines) {
    if (/[^\t -~]/.test(line)) throw new TypeError(`Not allowed on a header line: ${JSON.stringify(line)}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
  // #endregion
}

/**
 * The answer as it goes on the wire, to be sent as UTF-8. After a 101 come frames, so it has no body. A
 * refusal has the reason as its body, with `Content-Type`, `Content-Length` (bytes) and `Connection: close`
 * beside the answer's own headers.
 *
 * @throws TypeError as `formatHead` does.
 */
export function formatAnswer({ status, headers, reason }: HandshakeAnswer): string {
  // #region solution: write the status line (RFC 9112 §4) and the headers; add the reason as a body unless it is 101
  const statusLine = `HTTP/1.1 ${status} ${reasonPhrases[status] ?? ''}`;
  if (status === 101) return formatHead(statusLine, headers);
  const head = formatHead(statusLine, [
    ...headers,
    ['Connection', 'close'],
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(Buffer.byteLength(reason))],
  ]);
  return head + reason;
  // #endregion
}
// #endregion format
