// Your server compares subprotocols in any case; unlike the words in Upgrade and Connection, their case counts (RFC 6455 §4.2.2).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options: solution.HandshakeOptions = {}) {
  const headers = request.headers.map(([name, value]): [string, string] => [
    name,
    name.toLowerCase() === 'sec-websocket-protocol' ? value.toLowerCase() : value,
  ]);
  const protocols = options.protocols?.map((protocol) => protocol.toLowerCase());
  return solution.answerUpgrade({ ...request, headers }, { protocols });
}
