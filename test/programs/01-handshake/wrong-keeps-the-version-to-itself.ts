// Your refusal of another version does not say which one to use; send Sec-WebSocket-Version: 13 with it (RFC 6455 §4.4).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const answer = solution.answerUpgrade(request, options);
  return { ...answer, headers: answer.headers.filter(([name]) => name !== 'Sec-WebSocket-Version') };
}
