// Your client takes every answer for a yes; only a 2xx opens the WebSocket (RFC 9110 §9.3.6).
import type { IncomingHttpHeaders, IncomingHttpStatusHeader, OutgoingHttpHeaders } from 'node:http2';
import { checkConnectResponse as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function checkConnectResponse(
  request: OutgoingHttpHeaders,
  response: IncomingHttpHeaders & IncomingHttpStatusHeader,
): { protocol: string } {
  return right(request, Object.assign({ ...response }, { ':status': 200 }));
}
