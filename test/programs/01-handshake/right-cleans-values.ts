// Right, and never throws: where the reference refuses a dangerous value, this one writes it without the danger.
import { STATUS_CODES } from 'node:http';
import type { HandshakeAnswer, HeaderList } from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function formatHead(startLine: string, headers: HeaderList): string {
  let head = `${clean(startLine)}\r\n`;
  for (const [name, value] of headers) head += `${name.replace(/[^\w-]/g, '')}:${clean(value)}\r\n`;
  return `${head}\r\n`;
}

/** A recipient may replace each CR, LF and NUL by a space (RFC 9110 §5.5); so may a sender. */
function clean(value: string): string {
  return value.replace(/[^\t -~]/g, ' ');
}

export function formatAnswer({ status, headers, reason }: HandshakeAnswer): string {
  const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`;
  if (status === 101) return formatHead(statusLine, headers);
  const body = `<!doctype html><title>${status}</title><p>${reason}\n`;
  const about: HeaderList = [
    ['content-type', 'text/html; charset=utf-8'],
    ['content-length', `${new TextEncoder().encode(body).length}`],
  ];
  const others = headers.filter(([name]) => name.toLowerCase() !== 'connection');
  const options = headers.filter(([name]) => name.toLowerCase() === 'connection').map(([, value]) => value);
  return (
    formatHead(statusLine, [...others, ['connection', [...options, 'close'].join(', ')], ...about]) + body
  );
}
