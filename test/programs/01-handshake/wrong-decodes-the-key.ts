// Your accept key hashes something else than the key's base64 text followed by the GUID: the 16 bytes it stands for, say (RFC 6455 §4.2.2).
import { createHash } from 'node:crypto';
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function acceptKey(key: string): string {
  return createHash('sha1')
    .update(Buffer.from(key, 'base64'))
    .update('258EAFA5-E914-47DA-95CA-C5AB0DC85B11')
    .digest('base64');
}

export function answerUpgrade(request: solution.UpgradeRequest, options?: solution.HandshakeOptions) {
  const answer = solution.answerUpgrade(request, options);
  const [key = ''] = solution.headerValues(request.headers, 'Sec-WebSocket-Key');
  const headers = answer.headers.map(
    ([name, value]) => [name, name === 'Sec-WebSocket-Accept' ? acceptKey(key) : value] as const,
  );
  return { ...answer, headers };
}
