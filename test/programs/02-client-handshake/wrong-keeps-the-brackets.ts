// Your target keeps the brackets of an IPv6 address; they belong to the URL and the Host header, and no socket connects to them (RFC 3986 §3.2.2).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function parseUrl(url: string): solution.Target {
  return { ...solution.parseUrl(url), hostname: new URL(url).hostname };
}
