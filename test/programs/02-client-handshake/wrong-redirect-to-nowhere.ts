// Your error for a redirect does not say where to; put the Location header into it (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function checkResponse(request: solution.ClientRequest, response: solution.UpgradeResponse) {
  const headers = response.headers.filter(([name]) => name.toLowerCase() !== 'location');
  return solution.checkResponse(request, { ...response, headers });
}
