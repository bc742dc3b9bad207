// Your client compares an extension with its parameters; the server may choose others than you offered, only the name must match (RFC 6455 §9.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function checkResponse(request: solution.ClientRequest, response: solution.UpgradeResponse) {
  const extensions = (headers: solution.UpgradeResponse['headers']) =>
    headers.filter(([name]) => name === 'Sec-WebSocket-Extensions').flatMap(([, value]) => value.split(', '));
  const offered = extensions(request.headers);
  if (!extensions(response.headers).every((extension) => offered.includes(extension))) {
    throw new solution.HandshakeError('bad_extension', 'Not offered', response.status);
  }
  return solution.checkResponse(request, response);
}
