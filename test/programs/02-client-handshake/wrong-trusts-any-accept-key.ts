// Your client does not compare the accept key to the last character with the one for its own key; only that shows that a WebSocket server read this request (RFC 6455 §4.1).
import { acceptKey } from '../../../solutions/01-handshake.ts';
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function checkResponse(request: solution.ClientRequest, response: solution.UpgradeResponse) {
  const others = response.headers.filter(([name]) => name.toLowerCase() !== 'sec-websocket-accept');
  const accept = ['Sec-WebSocket-Accept', acceptKey(request.key)] as const;
  return solution.checkResponse(request, { ...response, headers: [...others, accept] });
}
