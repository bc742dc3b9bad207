// Your client takes any 2xx for success; only 101 makes a WebSocket of the connection (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function checkResponse(request: solution.ClientRequest, response: solution.UpgradeResponse) {
  const success = response.status >= 200 && response.status < 300;
  return solution.checkResponse(request, success ? { ...response, status: 101 } : response);
}
