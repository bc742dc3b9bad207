// Your server answers a key; over HTTP/2 it is not processed, and there is no sec-websocket-accept (RFC 8441 §5).

import type { IncomingHttpHeaders } from 'node:http2';
import type { HandshakeOptions } from '#labs/01-handshake';
import { acceptKey } from '#labs/01-handshake';
import { type ConnectAnswer, answerConnect as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  const answer = right(headers, options);
  const key = String(headers['sec-websocket-key'] ?? '');
  return key ? { ...answer, headers: { ...answer.headers, 'sec-websocket-accept': acceptKey(key) } } : answer;
}
