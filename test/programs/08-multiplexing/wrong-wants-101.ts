// Your client waits for 101; over HTTP/2 the WebSocket is open with 200 (RFC 8441 §5).
import type { IncomingHttpHeaders, IncomingHttpStatusHeader, OutgoingHttpHeaders } from 'node:http2';
import { HandshakeError } from '#labs/02-client-handshake';
import { checkConnectResponse as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function checkConnectResponse(
  request: OutgoingHttpHeaders,
  response: IncomingHttpHeaders & IncomingHttpStatusHeader,
): { protocol: string } {
  if (response[':status'] === 200) throw new HandshakeError('unexpected_status', 'Expected 101', 200);
  return right(request, response);
}
