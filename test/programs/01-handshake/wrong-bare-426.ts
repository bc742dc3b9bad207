// Your 426 says that an upgrade is required, but not to what: it must carry Upgrade: websocket (RFC 9110 §15.5.22).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const answer = solution.answerUpgrade(request, options);
  if (answer.status !== 426) return answer;
  return { ...answer, headers: [['Sec-WebSocket-Version', '13']] as const };
}
