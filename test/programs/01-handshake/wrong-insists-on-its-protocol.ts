// Your server names one of its own subprotocols when none is in common; a browser then fails the connection (RFC 6455 §4.2.2).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options: solution.HandshakeOptions = {}) {
  const answer = solution.answerUpgrade(request, options);
  const protocol = answer.protocol || options.protocols?.[0];
  if (answer.status !== 101 || answer.protocol || !protocol) return answer;
  return { ...answer, protocol, headers: [...answer.headers, ['Sec-WebSocket-Protocol', protocol] as const] };
}
