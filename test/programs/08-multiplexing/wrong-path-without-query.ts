// Your client drops the query: :path is path and query, as in the request line of HTTP/1.1 (RFC 9113 §8.3.1).
import type { OutgoingHttpHeaders } from 'node:http2';
import type { RequestOptions, Target } from '#labs/02-client-handshake';
import { connectHeaders as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function connectHeaders(target: Target, options: RequestOptions = {}): OutgoingHttpHeaders {
  return { ...right(target, options), ':path': target.resource.split('?')[0] };
}
