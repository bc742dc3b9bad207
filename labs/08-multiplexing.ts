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
import { Unfinished } from '../workbook/unfinished.ts';

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
  // TODO: refuse what RFC 8441 §4 and §5 do not allow, rule by rule, then answer 200 with the subprotocol
  throw new Unfinished('08-multiplexing: answerConnect');
}

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
  // TODO: respond with the answer; for a refusal end the stream, else hand it to a Connection of lab 06
  throw new Unfinished('08-multiplexing: acceptStream');
}

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
  // TODO: five pseudo-headers, then lab 02's headers in lower case without those that stay behind (RFC 8441 §5)
  throw new Unfinished('08-multiplexing: connectHeaders');
}

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
  // TODO: check status, extensions and subprotocol in turn; there is no key to check (RFC 8441 §5)
  throw new Unfinished('08-multiplexing: checkConnectResponse');
}

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
  // TODO: wait for the server's SETTINGS (RFC 8441 §3), send the request, check the answer, make a Connection
  throw new Unfinished('08-multiplexing: openWebSocket');
}

// TODO: helpers of your own: header lists, an event awaited, a stream that resets as TCP does (RFC 8441 §5)
