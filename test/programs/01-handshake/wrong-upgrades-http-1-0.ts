// Your server upgrades HTTP/1.0; a server must ignore the Upgrade header there (RFC 9110 §7.8).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  return solution.answerUpgrade({ ...request, httpVersion: '1.1' }, options);
}
