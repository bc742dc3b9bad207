// Your client takes a subprotocol or extension that it did not offer (RFC 6455 §4.1).
import type { IncomingHttpHeaders, IncomingHttpStatusHeader, OutgoingHttpHeaders } from 'node:http2';
import { checkConnectResponse as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function checkConnectResponse(
  request: OutgoingHttpHeaders,
  response: IncomingHttpHeaders & IncomingHttpStatusHeader,
): { protocol: string } {
  const { 'sec-websocket-protocol': protocol = '', 'sec-websocket-extensions': _, ...rest } = response;
  right(request, rest);
  return { protocol };
}
