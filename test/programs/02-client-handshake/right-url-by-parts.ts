// Right, with the URL as an http: one: the four schemes differ in nothing else, so one replacement does for all.
import type { Target } from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function parseUrl(url: string): Target {
  const given = parse(url);
  const secure = ['wss:', 'https:'].includes(given.protocol);
  if (!secure && !['ws:', 'http:'].includes(given.protocol))
    throw new SyntaxError(`Unknown scheme ${given.protocol}`);
  if (given.href.indexOf('#') >= 0) throw new SyntaxError('No fragment, please');
  const http = parse(given.href.replace(/^(ws|http)/, 'http'));
  // A user name and password are left out, as a browser leaves them out of the Host header.
  const authority = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(http.host) ?? [];
  return {
    secure,
    hostname: authority[1],
    port: authority[2] ? Number(authority[2]) : ({ 'http:': 80, 'https:': 443 }[http.protocol] ?? 0),
    host: http.host,
    resource: `${http.pathname}${http.search}`,
  };
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new SyntaxError(`Not a URL: ${url}`, { cause });
  }
}
