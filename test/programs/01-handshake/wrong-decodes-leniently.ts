// Your server accepts a key that is only partly base64: Buffer.from(key, 'base64') skips what it cannot read, and so does a pattern without ^ and $ (RFC 6455 §4.2.1).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const headers = request.headers.map(([name, value]): [string, string] => {
    const decoded = Buffer.from(value, 'base64');
    const isKey = name.toLowerCase() === 'sec-websocket-key' && decoded.length === 16;
    return [name, isKey ? decoded.toString('base64') : value];
  });
  return solution.answerUpgrade({ ...request, headers }, options);
}
