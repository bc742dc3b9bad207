// Your accept key is not the base64 of the SHA-1 bytes; a digest in hex, say, has 40 characters (RFC 6455 §4.2.2).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function acceptKey(key: string): string {
  return Buffer.from(solution.acceptKey(key), 'base64').toString('hex');
}

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const answer = solution.answerUpgrade(request, options);
  const [key = ''] = solution.headerValues(request.headers, 'Sec-WebSocket-Key');
  const headers = answer.headers.map(
    ([name, value]) => [name, name === 'Sec-WebSocket-Accept' ? acceptKey(key) : value] as const,
  );
  return { ...answer, headers };
}
