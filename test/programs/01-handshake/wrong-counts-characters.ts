// Your Content-Length counts characters; it is a number of bytes, and "≠" takes three of them (RFC 9110 §8.6).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function formatAnswer(answer: solution.HandshakeAnswer): string {
  const written = solution.formatAnswer(answer);
  return written.replace(/Content-Length: \d+/, `Content-Length: ${answer.reason.length}`);
}
