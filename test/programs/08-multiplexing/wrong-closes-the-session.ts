// Your server ends the HTTP/2 connection with one WebSocket; only its stream ends, the others go on (RFC 8441 §5).
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Connection } from '#labs/06-connection';
import { type AcceptStreamOptions, acceptStream as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function acceptStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: AcceptStreamOptions = {},
): Connection | undefined {
  const connection = right(stream, headers, options);
  const { session } = stream;
  connection?.on('close', () => setImmediate(() => session?.close()));
  return connection;
}
