// Your client reads the subprotocol of the answer as a list; the server names one, and more than one is an error (RFC 6455 §11.3.4).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function checkResponse(request: solution.ClientRequest, response: solution.UpgradeResponse) {
  const isProtocol = ([name]: readonly [string, string]) => name.toLowerCase() === 'sec-websocket-protocol';
  const [chosen] = response.headers.filter(isProtocol).flatMap(([, value]) => value.split(','));
  const headers = response.headers.filter((header) => !isProtocol(header));
  if (chosen !== undefined) headers.push(['Sec-WebSocket-Protocol', chosen]);
  return solution.checkResponse(request, { ...response, headers });
}
