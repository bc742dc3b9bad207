// Your server takes the first subprotocol offered, in the client's order; the server's own order counts, and only what it speaks.
import type { IncomingHttpHeaders } from 'node:http2';
import type { HandshakeOptions } from '#labs/01-handshake';
import { type ConnectAnswer, answerConnect as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  const answer = right(headers, options);
  const [protocol] = String(headers['sec-websocket-protocol'] ?? '').split(',');
  if (answer.status !== 200 || !protocol) return answer;
  return { ...answer, protocol, headers: { 'sec-websocket-protocol': protocol } };
}
