// Your server sends an empty Sec-WebSocket-Protocol when none was chosen; "none" is no header at all (RFC 6455 §4.2.2).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const answer = solution.answerUpgrade(request, options);
  if (answer.status !== 101 || answer.protocol) return answer;
  return { ...answer, headers: [...answer.headers, ['Sec-WebSocket-Protocol', ''] as const] };
}
