// Your server masks its frames; HTTP/2 changes nothing about that: only clients do (RFC 6455 §5.1).
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { Connection } from '#labs/06-connection';
import {
  type AcceptStreamOptions,
  answerConnect,
  acceptStream as right,
} from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function acceptStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: AcceptStreamOptions = {},
): Connection | undefined {
  const { status, headers: answer, protocol } = answerConnect(headers, options);
  if (status !== 200) return right(stream, headers, options);
  stream.respond({ ...answer, ':status': 200 });
  return new Connection(stream, { ...options, protocol, role: 'client' });
}
