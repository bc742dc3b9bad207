// Your server takes a request without :scheme, :authority or :path; with :protocol they must be there (RFC 8441 §4).
import type { IncomingHttpHeaders } from 'node:http2';
import type { HandshakeOptions } from '#labs/01-handshake';
import { type ConnectAnswer, answerConnect as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  return right({ ':scheme': 'http', ':authority': 'any', ':path': '/', ...headers }, options);
}
