// Your client takes whatever subprotocol the server names; it must be exactly one of those offered (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function checkResponse(request: solution.ClientRequest, response: solution.UpgradeResponse) {
  const isProtocol = ([name]: readonly [string, string]) => name.toLowerCase() === 'sec-websocket-protocol';
  solution.checkResponse(request, {
    ...response,
    headers: response.headers.filter((header) => !isProtocol(header)),
  });
  return { protocol: response.headers.find(isProtocol)?.[1] ?? '' };
}
