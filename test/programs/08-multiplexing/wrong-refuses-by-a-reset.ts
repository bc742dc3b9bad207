// Your server resets the stream of a request it refuses; answer it with a status and a reason (RFC 8441 §4, RFC 9220 §3).
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Connection } from '#labs/06-connection';
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
  if (answerConnect(headers, options).status === 200) return right(stream, headers, options);
  stream.close(8);
  return undefined;
}
