// Your client offers any text as a subprotocol; names are tokens, and each is offered once (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function createRequest(target: solution.Target, options: solution.RequestOptions = {}) {
  const { protocols = [], ...others } = options;
  const request = solution.createRequest(target, others);
  if (protocols.length === 0) return request;
  const offer = ['Sec-WebSocket-Protocol', protocols.join(', ')] as const;
  return { ...request, protocols, headers: [...request.headers, offer] };
}
