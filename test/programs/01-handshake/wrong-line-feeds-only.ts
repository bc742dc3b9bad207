// Your answer ends its lines with LF alone; HTTP lines end with CR LF (RFC 9112 §2.1).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function formatHead(startLine: string, headers: solution.HeaderList): string {
  return solution.formatHead(startLine, headers).replaceAll('\r\n', '\n');
}

export function formatAnswer(answer: solution.HandshakeAnswer): string {
  return solution.formatAnswer(answer).replaceAll('\r\n', '\n');
}
