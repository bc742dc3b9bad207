import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { connect as connectTcp, isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import {
  answerUpgrade,
  formatAnswer,
  type HandshakeAnswer,
  type HandshakeOptions,
  type HeaderList,
  headerValues,
} from '#labs/01-handshake';
import {
  checkResponse,
  createRequest,
  formatRequest,
  parseUrl,
  type RequestOptions,
  type Target,
} from '#labs/02-client-handshake';
import { Connection, type ConnectionLimits } from '#labs/06-connection';
import {
  acceptOffer,
  checkAnswer,
  type DeflateOptions,
  type DeflateParameters,
  formatOffer,
  PermessageDeflate,
} from '#labs/07-compression';
import { acceptStream } from '#labs/08-multiplexing';
import { headerPairs, readResponseHead } from './response-head.ts';

/** How long a client that was refused has to read why, in milliseconds. */
const refusalTimeoutMs = 5_000;
const extensionsHeader = 'Sec-WebSocket-Extensions';

/** What to ask for of permessage-deflate. */
export interface CompressionOptions extends DeflateOptions {
  /** Messages of fewer bytes are sent as they are. Default: 1024. */
  threshold?: number;
}

export interface AcceptOptions extends HandshakeOptions, ConnectionLimits {
  /** How long to wait for the client's part in closing, in milliseconds. Default: 30,000. */
  closeTimeoutMs?: number;
  /** Compression for clients that offer it (RFC 7692). Default: none. */
  compression?: CompressionOptions;
}

/**
 * Answers what `node:http` gives an `upgrade` listener. A connection comes back when the client was let in.
 * Otherwise the answer that says why was sent, the socket is ended, and undefined comes back.
 */
export function acceptUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: AcceptOptions = {},
): Connection | undefined {
  const { method = '', httpVersion, rawHeaders } = request;
  const headers = headerPairs(rawHeaders);
  const { parameters, ...answer } = withCompression(
    answerUpgrade({ method, httpVersion, headers }, options),
    headers,
    options,
  );
  if (answer.status !== 101) {
    refuse(socket, formatAnswer(answer));
    return undefined;
  }
  if (!socket.readable || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  socket.write(formatAnswer(answer));
  prepare(socket);
  const { protocol } = answer;
  const extension = permessageDeflate('server', parameters, options);
  return new Connection(socket, { ...options, role: 'server', protocol, extension, head });
}

/**
 * As `acceptUpgrade`, for the extended CONNECT that the `stream` event of an HTTP/2 server brings (RFC 8441).
 * After a refusal the stream is ended, and the others of its TCP connection go on.
 */
export function acceptConnect(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: AcceptOptions = {},
): Connection | undefined {
  const { compression } = options;
  const offer = headers[extensionsHeader.toLowerCase()];
  let accepted: ReturnType<typeof acceptOffer>;
  try {
    accepted = compression && acceptOffer([offer ?? ''].flat().join(), compression);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    stream.on('error', () => {});
    stream.respond({ ':status': 400 });
    stream.end(error.message);
    return undefined;
  }
  return acceptStream(stream, headers, {
    ...options,
    headers: accepted && { [extensionsHeader.toLowerCase()]: accepted.answer },
    extension: permessageDeflate('server', accepted?.parameters, options),
  });
}

/** The answer to an upgrade with what is agreed on compression; a malformed offer is refused (RFC 6455 §9.1). */
function withCompression(
  answer: HandshakeAnswer,
  headers: HeaderList,
  { compression }: AcceptOptions,
): HandshakeAnswer & { parameters?: DeflateParameters } {
  if (!compression || answer.status !== 101) return answer;
  try {
    const accepted = acceptOffer(headerValues(headers, extensionsHeader).join(), compression);
    if (!accepted) return answer;
    const line = [extensionsHeader, accepted.answer] as const;
    return { ...answer, headers: [...answer.headers, line], parameters: accepted.parameters };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { status: 400, headers: [], protocol: '', reason: error.message };
  }
}

function permessageDeflate(
  role: 'server' | 'client',
  parameters: DeflateParameters | undefined,
  { compression, maxMessageLength, maxFragments }: AcceptOptions | ConnectOptions,
): PermessageDeflate | undefined {
  const { threshold } = compression ?? {};
  return parameters && new PermessageDeflate({ role, parameters, threshold, maxMessageLength, maxFragments });
}

/** Sends the answer and ends TCP; reads on meanwhile, for unread bytes would reset it and lose the answer. */
function refuse(socket: Duplex, answer: string): void {
  socket.on('error', () => {});
  socket.end(answer);
  socket.resume();
  if (socket instanceof Socket) socket.setTimeout(refusalTimeoutMs, () => socket.destroy());
}

export interface ConnectOptions extends RequestOptions, ConnectionLimits {
  /** How long to wait for the server's part in closing, in milliseconds. Default: 30,000. */
  closeTimeoutMs?: number;
  /** Compression, if the server agrees (RFC 7692). Default: none. */
  compression?: CompressionOptions;
  /** Gives up while connecting: `AbortSignal.timeout(5_000)`, say. Without effect once connected. */
  signal?: AbortSignal;
  /** For `wss:`: the certificates to trust, and whether to insist on a trusted one. Default: Node's own. */
  tls?: { ca?: string | Buffer; rejectUnauthorized?: boolean };
}

/**
 * Connects to a WebSocket server: TCP, TLS for `wss:`, then the handshake.
 *
 * @throws SyntaxError for a URL or protocol that is none; HandshakeError when the server's answer does not
 * open a WebSocket; the socket's error when it cannot be reached; the signal's reason when aborted.
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Connection> {
  const { signal } = options;
  signal?.throwIfAborted();
  const target = parseUrl(url);
  const { compression, headers = [] } = options;
  const offer = compression && formatOffer(compression);
  const request = createRequest(target, {
    ...options,
    headers: offer ? [...headers, [extensionsHeader, offer]] : headers,
  });
  const socket = open(target, options);
  const abort = () => socket.destroy(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    await once(socket, target.secure ? 'secureConnect' : 'connect');
    socket.write(formatRequest(request));
    const { response, rest } = await readResponseHead(socket);
    const { protocol } = checkResponse(request, response);
    const answer = headerValues(response.headers, extensionsHeader).join();
    const agreed = offer === undefined ? undefined : checkAnswer(offer, answer);
    const extension = permessageDeflate('client', agreed, options);
    prepare(socket);
    return new Connection(socket, { ...options, role: 'client', protocol, extension, head: rest });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function open({ secure, hostname: host, port }: Target, options: ConnectOptions): Socket {
  if (!secure) return connectTcp({ host, port });
  // A server name is a name, never an address (RFC 6066 §3); HTTP/2 has another handshake (RFC 8441).
  const servername = isIP(host) ? '' : host;
  return connectTls({ ...options.tls, host, port, servername, ALPNProtocols: ['http/1.1'] });
}

/** A WebSocket may be silent for hours, and its small frames must not wait for one another. */
function prepare(socket: Duplex): void {
  if (!(socket instanceof Socket)) return;
  socket.setTimeout(0);
  socket.setNoDelay(true);
}
