// Your server answers another version with an Upgrade header; HTTP/2 has none (RFC 8441 §5, RFC 9113 §8.2.2).
import type { IncomingHttpHeaders } from 'node:http2';
import type { HandshakeOptions } from '#labs/01-handshake';
import { type ConnectAnswer, answerConnect as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  const answer = right(headers, options);
  if (!('sec-websocket-version' in answer.headers)) return answer;
  return {
    ...answer,
    status: 426,
    headers: { ...answer.headers, upgrade: 'websocket', connection: 'Upgrade' },
  };
}
