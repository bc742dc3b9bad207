// Your server finds "upgrade" or "websocket" inside longer words; compare whole elements of the list (RFC 9110 §5.6.2).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const found = (name: string, value: string, wanted: string) =>
    name.toLowerCase() === wanted.split(':')[0] && value.toLowerCase().includes(wanted.split(':')[1]);
  const headers = request.headers.map(([name, value]): [string, string] => {
    if (found(name, value, 'connection:upgrade')) return [name, 'Upgrade'];
    return found(name, value, 'upgrade:websocket') ? [name, 'websocket'] : [name, value];
  });
  return solution.answerUpgrade({ ...request, headers }, options);
}
