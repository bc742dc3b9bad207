// Your connection is reset with NO_ERROR, Node's default for destroy(); a reset of TCP is CANCEL on a stream (RFC 8441 §5).
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
  return new Connection(stream, { ...options, protocol, role: 'server' });
}
