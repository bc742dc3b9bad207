// Your Host header leaves out the port; it is left out only when it is the default, 80 or 443 (RFC 6455 §4.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function parseUrl(url: string): solution.Target {
  return { ...solution.parseUrl(url), host: new URL(url).hostname };
}
