import type { UpgradeRequest } from '#labs/01-handshake';

/** A request that could be read, or the sentence that says why not. */
export type ParsedRequest = { request: UpgradeRequest } | { problem: string };

/** Reads the head of an HTTP/1.1 request as a person types it; a server has its HTTP parser for this. */
export function parseRequest(text: string): ParsedRequest {
  const lines = text.trimEnd().split(/\r?\n/);
  const start = /^(\S+) (\S+) HTTP\/(\d\.\d)$/.exec(lines[0].trim());
  if (!start) return { problem: 'The first line must read like GET /chat HTTP/1.1 (RFC 9112 §3).' };
  const headers: [string, string][] = [];
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    if (colon < 1 || /\s/.test(line.slice(0, colon))) {
      return {
        problem: `This is no header line: “${line}”. It needs a name, a colon, a value (RFC 9112 §5).`,
      };
    }
    headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return { request: { method: start[1], httpVersion: start[3], headers } };
}
