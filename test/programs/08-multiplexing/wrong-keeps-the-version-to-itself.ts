// Your server refuses another version without saying which it speaks: sec-websocket-version: 13 (RFC 6455 §4.4).
import type { IncomingHttpHeaders } from 'node:http2';
import type { HandshakeOptions } from '#labs/01-handshake';
import { type ConnectAnswer, answerConnect as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  const answer = right(headers, options);
  return answer.status === 200 ? answer : { ...answer, headers: {} };
}
