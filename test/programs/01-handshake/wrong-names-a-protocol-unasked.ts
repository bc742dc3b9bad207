// Your server names its subprotocol to a client that offered none; a browser then fails the connection (RFC 6455 §4.1).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options: solution.HandshakeOptions = {}) {
  const answer = solution.answerUpgrade(request, options);
  const protocol = options.protocols?.[0];
  const asked = solution.headerValues(request.headers, 'Sec-WebSocket-Protocol').length > 0;
  if (answer.status !== 101 || !protocol || asked) return answer;
  return { ...answer, protocol, headers: [...answer.headers, ['Sec-WebSocket-Protocol', protocol] as const] };
}
