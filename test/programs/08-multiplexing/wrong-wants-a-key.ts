// Your server insists on a key; over HTTP/2 there is none, :protocol took its place (RFC 8441 §5).
import type { IncomingHttpHeaders } from 'node:http2';
import type { HandshakeOptions } from '#labs/01-handshake';
import { type ConnectAnswer, answerConnect as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  if (headers['sec-websocket-key']) return right(headers, options);
  return { ...right({}), status: 400 };
}
