// Your answer writes values as they are; one with CR LF in it becomes a header, or a body, of somebody else (RFC 9110 §5.5).
import * as solution from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function formatHead(startLine: string, headers: solution.HeaderList): string {
  return `${[startLine, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`;
}

export function formatAnswer(answer: solution.HandshakeAnswer): string {
  if (answer.status !== 101) return solution.formatAnswer(answer);
  return formatHead('HTTP/1.1 101 Switching Protocols', answer.headers);
}
