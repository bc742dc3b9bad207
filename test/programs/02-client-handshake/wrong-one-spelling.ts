// Your client wants Upgrade and Connection spelled as it spells them; case is free, and Connection is a list (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function checkResponse(request: solution.ClientRequest, response: solution.UpgradeResponse) {
  const { status, headers } = response;
  const connection = headers.filter(([name]) => name.toLowerCase() === 'connection');
  if (status === 101 && connection.length > 0 && !connection.some(([, value]) => value === 'Upgrade')) {
    throw new solution.HandshakeError('bad_connection', 'Connection is not Upgrade', status);
  }
  return solution.checkResponse(request, response);
}
