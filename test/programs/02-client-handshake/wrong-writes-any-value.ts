// Your request writes values as they are; one with CR LF in it becomes a header of somebody else (RFC 9110 §5.5).
import type * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function formatRequest({ resource, headers }: solution.ClientRequest): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${resource} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
