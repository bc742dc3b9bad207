// Your server accepts the extensions that were offered by echoing them, and will then be sent compressed frames (RFC 6455 §9.1).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const answer = solution.answerUpgrade(request, options);
  if (answer.status !== 101) return answer;
  const echo = request.headers.filter(([name]) => name.toLowerCase() === 'sec-websocket-extensions');
  return { ...answer, headers: [...answer.headers, ...echo] };
}
