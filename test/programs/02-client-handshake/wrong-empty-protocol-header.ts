// Your client sends an empty Sec-WebSocket-Protocol when it offers none; leave the header out (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function createRequest(target: solution.Target, options?: solution.RequestOptions) {
  const request = solution.createRequest(target, options);
  if (request.protocols.length > 0) return request;
  return { ...request, headers: [...request.headers, ['Sec-WebSocket-Protocol', ''] as const] };
}
