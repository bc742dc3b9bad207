// Your server accepts every Sec-WebSocket-Version; only 13 is the protocol of RFC 6455 (§4.2.1).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const others = request.headers.filter(([name]) => name.toLowerCase() !== 'sec-websocket-version');
  return solution.answerUpgrade(
    { ...request, headers: [...others, ['Sec-WebSocket-Version', '13']] },
    options,
  );
}
