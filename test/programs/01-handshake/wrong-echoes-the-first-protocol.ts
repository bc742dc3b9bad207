// Your server answers with the first subprotocol that was offered, whether it speaks it or not (RFC 6455 §4.2.2).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest) {
  const [first] = solution.listElements(request.headers, 'Sec-WebSocket-Protocol');
  return solution.answerUpgrade(request, { protocols: first ? [first] : [] });
}
