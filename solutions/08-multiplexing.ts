import { once } from 'node:events';
import {
  type ClientHttp2Session,
  constants,
  type Http2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type HandshakeOptions, type HeaderList, isToken, listElements } from '#labs/01-handshake';
import {
  createRequest,
  HandshakeError,
  parseUrl,
  type RequestOptions,
  type Target,
} from '#labs/02-client-handshake';
import { Connection, type ConnectionLimits, type Extension } from '#labs/06-connection';

/** The server's answer to an extended CONNECT: 200 and the stream is a WebSocket, anything else and it is not. */
export interface ConnectAnswer {
  status: number;
  /** Without `:status`; names in lower case, as HTTP/2 wants them (RFC 9113 §8.2). */
  headers: OutgoingHttpHeaders;
  /** The subprotocol chosen, or `''` for none. */
  protocol: string;
  /** Why it was refused, for a person to read; `''` with 200. Sent as the body. */
  reason: string;
}

/** What a WebSocket on a stream may be told: the same as one on a TCP connection of its own. */
export interface StreamOptions extends ConnectionLimits {
  /** How long to wait for the other side's part in closing, in milliseconds. Default: 30,000. */
  closeTimeoutMs?: number;
}

export interface AcceptStreamOptions extends HandshakeOptions, StreamOptions {
  /** Further headers of an answer that lets the client in: `sec-websocket-extensions`. Default: none. */
  headers?: OutgoingHttpHeaders;
  /** What the extension does that those headers agree to. Default: none. */
  extension?: Extension;
}

export interface OpenOptions extends Pick<RequestOptions, 'protocols' | 'headers'>, StreamOptions {}

/**
 * The server has not sent SETTINGS_ENABLE_CONNECT_PROTOCOL with the value 1, so no WebSocket may be asked for
 * on this connection (RFC 8441 §3). It may still take one by an upgrade, on a connection that is HTTP/1.1.
 */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}

// #region answer
/**
 * Answers an extended CONNECT (RFC 8441 §4, §5). Status 200 carries `sec-websocket-protocol` if a subprotocol
 * was chosen: the first of the server's that the client offered. Keys are neither looked at nor answered, and
 * no header belongs to the connection. Never throws.
 *
 * - 405 for a method other than CONNECT
 * - 501 for a `:protocol` other than `websocket`, or none: no proxy is here (RFC 9220 §3, RFC 8441 §4)
 * - 400 for anything else that is required and missing; with `sec-websocket-version: 13` for another version
 */
export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  // #region solution: refuse what RFC 8441 §4 and §5 do not allow, rule by rule, then answer 200 with the subprotocol
  if (headers[':method'] !== 'CONNECT') {
    return refusal(405, 'Over HTTP/2 a WebSocket begins with CONNECT', { allow: 'CONNECT' });
  }
  if (headers[':protocol'] !== 'websocket') {
    return refusal(501, 'The only protocol spoken in a tunnel here is websocket');
  }
  if (!headers[':scheme'] || !headers[':authority'] || !headers[':path']) {
    return refusal(400, 'An extended CONNECT needs :scheme, :authority and :path');
  }
  if (headers['sec-websocket-version'] !== '13') {
    // Not 426: that one must name a protocol in an Upgrade header (RFC 9110 §15.5.22), which HTTP/2 has not.
    return refusal(400, 'Only version 13 of the WebSocket protocol is spoken here', {
      'sec-websocket-version': '13',
    });
  }
  const offered = protocolsIn(headers);
  if (!offered.every(isToken) || new Set(offered).size < offered.length) {
    return refusal(400, 'sec-websocket-protocol must list tokens, each once');
  }
  const protocol = options.protocols?.find((spoken) => offered.includes(spoken)) ?? '';
  return {
    status: 200,
    headers: protocol ? { 'sec-websocket-protocol': protocol } : {},
    protocol,
    reason: '',
  };
  // #endregion
}
// #endregion answer

// #region accept
/**
 * Answers the extended CONNECT that a server's `stream` event brought. A connection comes back when the client
 * was let in: the stream is to it what a TCP connection is to others (RFC 8441 §5). Otherwise the answer that
 * says why was sent, and undefined comes back; also for a stream that is gone already.
 */
export function acceptStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: AcceptStreamOptions = {},
): Connection | undefined {
  // #region solution: respond with the answer; for a refusal end the stream, else hand it to a Connection of lab 06
  if (stream.closed || stream.destroyed) return undefined;
  const answer = answerConnect(headers, options);
  const response = { ...answer.headers, ':status': answer.status };
  if (answer.status !== 200) {
    // The client may reset the stream before it has read why.
    stream.on('error', () => {});
    stream.respond({ ...response, 'content-type': 'text/plain; charset=utf-8' });
    stream.end(answer.reason);
    return undefined;
  }
  stream.respond({ ...options.headers, ...response });
  return new Connection(asSocket(stream), { ...options, role: 'server', protocol: answer.protocol });
  // #endregion
}
// #endregion accept

// #region request
/**
 * Makes the extended CONNECT that asks for a WebSocket (RFC 8441 §5): the headers of the request in lab 02
 * without those of HTTP/1.1, `Host`, `Upgrade` and `Connection`, and without the key; pseudo-headers first.
 *
 * @throws SyntaxError, TypeError as `createRequest` of lab 02.
 */
export function connectHeaders(
  target: Target,
  options: Pick<RequestOptions, 'protocols' | 'headers'> = {},
): OutgoingHttpHeaders {
  // #region solution: five pseudo-headers, then lab 02's headers in lower case without those that stay behind (RFC 8441 §5)
  const request: OutgoingHttpHeaders = {
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': target.secure ? 'https' : 'http',
    ':authority': target.host,
    ':path': target.resource,
  };
  for (const [name, value] of createRequest(target, options).headers) {
    const lowerCase = name.toLowerCase();
    if (!leftBehind.has(lowerCase)) request[lowerCase] = append(request[lowerCase], value);
  }
  return request;
  // #endregion
}
// #endregion request

// #region check
/**
 * Checks the server's answer to `connectHeaders`. The protocol is `''` when the server chose none.
 *
 * @throws HandshakeError of lab 02: `unexpected_status` for one that is not 2xx (RFC 9110 §9.3.6), with the
 * location of a 3xx and the challenge of a 401; `bad_extension`, `bad_protocol` for one that was not offered.
 */
export function checkConnectResponse(
  request: OutgoingHttpHeaders,
  response: IncomingHttpHeaders & IncomingHttpStatusHeader,
): { protocol: string } {
  // #region solution: check status, extensions and subprotocol in turn; there is no key to check (RFC 8441 §5)
  const status = response[':status'] ?? 0;
  if (status < 200 || status > 299) {
    throw new HandshakeError('unexpected_status', `Expected status 200, got ${status}`, status, {
      location: status >= 300 && status < 400 ? response.location : undefined,
      challenge: status === 401 ? response['www-authenticate'] : undefined,
    });
  }
  const extensionsOffered = extensionsIn(request);
  if (!extensionsIn(response).every((name) => extensionsOffered.includes(name))) {
    throw new HandshakeError('bad_extension', 'The server uses an extension that was not offered', status);
  }
  const protocol = response['sec-websocket-protocol'];
  if (protocol === undefined) return { protocol: '' };
  if (!protocolsIn(request).includes(protocol)) {
    throw new HandshakeError('bad_protocol', 'The server chose a subprotocol that was not offered', status);
  }
  return { protocol };
  // #endregion
}
// #endregion check

// #region open
/**
 * Opens one more WebSocket on an HTTP/2 connection: any number of them share its one TCP connection.
 *
 * @throws SyntaxError, TypeError as `connectHeaders`; UnsupportedError when the server takes none over HTTP/2;
 * HandshakeError for an answer that opens none; Error when the connection takes no new streams, as after
 * GOAWAY (RFC 9113 §6.8), or the stream or the connection ends first.
 */
export async function openWebSocket(
  session: ClientHttp2Session,
  url: string,
  options: OpenOptions = {},
): Promise<Connection> {
  // #region solution: wait for the server's SETTINGS (RFC 8441 §3), send the request, check the answer, make a Connection
  const request = connectHeaders(parseUrl(url), options);
  if (session.closed || session.destroyed) throw new Error('This HTTP/2 connection takes no new streams');
  await settingsReceived(session);
  if (!session.remoteSettings.enableConnectProtocol) {
    throw new UnsupportedError('The server takes no WebSocket over HTTP/2');
  }
  const stream = session.request(request, { endStream: false });
  const [response] = await untilEvent(stream, 'response');
  try {
    const { protocol } = checkConnectResponse(request, response);
    return new Connection(asSocket(stream), { ...options, role: 'client', protocol });
  } catch (error) {
    stream.close(constants.NGHTTP2_CANCEL);
    throw error;
  }
  // #endregion
}
// #endregion open

// #region solution: helpers of your own: header lists, an event awaited, a stream that resets as TCP does (RFC 8441 §5)
/** What belongs to HTTP/1.1, and the key that `:protocol` replaces (RFC 8441 §5). */
const leftBehind = new Set(['host', 'upgrade', 'connection', 'sec-websocket-key']);

function refusal(status: number, reason: string, headers: OutgoingHttpHeaders = {}): ConnectAnswer {
  return { status, headers, protocol: '', reason };
}

/** The value of a header that may have several lines. */
function append(before: OutgoingHttpHeaders[string], value: string): string | string[] {
  return before === undefined ? value : [before, value].flat().map(String);
}

function protocolsIn(headers: OutgoingHttpHeaders): string[] {
  return listElements(asList(headers), 'sec-websocket-protocol');
}

/** The names alone: `permessage-deflate` of `permessage-deflate; client_max_window_bits`. */
function extensionsIn(headers: OutgoingHttpHeaders): string[] {
  const elements = listElements(asList(headers), 'sec-websocket-extensions');
  return elements.map((element) => element.split(';')[0].trim());
}

/** The headers as lab 01 takes them. */
function asList(headers: OutgoingHttpHeaders): HeaderList {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => [name, String(value)] as const),
  );
}

// #region settings
/** One wait for all who ask while the connection is being made. */
const waits = new WeakMap<ClientHttp2Session, Promise<void>>();

function settingsReceived(session: ClientHttp2Session): Promise<void> {
  const wait = waits.get(session) ?? waitForSettings(session);
  waits.set(session, wait);
  return wait;
}

/** A server's SETTINGS are the first frame it sends (RFC 9113 §3.4): they come before it acknowledges ours. */
async function waitForSettings(session: ClientHttp2Session): Promise<void> {
  if (session.connecting) await untilEvent(session, 'connect');
  if (session.pendingSettingsAck) await untilEvent(session, 'localSettings');
}
// #endregion settings

/** Waits for an event. @throws what an `error` event brings, or Error when `close` comes first. */
async function untilEvent(emitter: ClientHttp2Session | Http2Stream, event: string) {
  const waiting = new AbortController();
  const { signal } = waiting;
  const closed = once(emitter, 'close', { signal }).then(() => {
    throw new Error('The HTTP/2 stream ended before the WebSocket was open');
  });
  try {
    return await Promise.race([once(emitter, event, { signal }), closed]);
  } finally {
    waiting.abort();
  }
}

// #region as-socket
/** Lab 06 resets a peer that does not answer by `destroy`. On a stream a reset is CANCEL, not Node's NO_ERROR. */
function asSocket<Stream extends Http2Stream>(stream: Stream): Stream {
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error) => {
    if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    return destroy(error);
  };
  return stream;
}
// #endregion as-socket
// #endregion
