// Your client sends Host, Connection, Upgrade and a key; over HTTP/2 they must stay behind (RFC 8441 §5).
import type { OutgoingHttpHeaders } from 'node:http2';
import { createRequest, type RequestOptions, type Target } from '#labs/02-client-handshake';
import { connectHeaders as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function connectHeaders(target: Target, options: RequestOptions = {}): OutgoingHttpHeaders {
  return { ...right(target, options), ...Object.fromEntries(createRequest(target, options).headers) };
}
