// Nothing is switched here: an extended CONNECT is answered with 200, not 101 (RFC 8441 §5).
import type { IncomingHttpHeaders } from 'node:http2';
import type { HandshakeOptions } from '#labs/01-handshake';
import { type ConnectAnswer, answerConnect as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  const answer = right(headers, options);
  return answer.status === 200 ? { ...answer, status: 101 } : answer;
}
