// Your client does not look at the extensions in the answer; one it never offered would change the meaning of every frame (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function checkResponse(request: solution.ClientRequest, response: solution.UpgradeResponse) {
  const headers = response.headers.filter(([name]) => name.toLowerCase() !== 'sec-websocket-extensions');
  return solution.checkResponse(request, { ...response, headers });
}
