// Your server compares the whole Connection header with "Upgrade"; it is a list, in any case, and Firefox sends "keep-alive, Upgrade" (RFC 6455 §4.2.1).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const [connection] = solution.headerValues(request.headers, 'Connection');
  if (connection !== 'Upgrade') return { status: 400, headers: [], protocol: '', reason: 'No upgrade' };
  return solution.answerUpgrade(request, options);
}
