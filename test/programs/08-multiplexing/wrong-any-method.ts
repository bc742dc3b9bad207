// Your server takes any method; over HTTP/2 a WebSocket begins with CONNECT (RFC 8441 §4).
import type { IncomingHttpHeaders } from 'node:http2';
import type { HandshakeOptions } from '#labs/01-handshake';
import { type ConnectAnswer, answerConnect as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  return right({ ...headers, ':method': 'CONNECT' }, options);
}
