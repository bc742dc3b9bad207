// Your parseUrl lets the TypeError of new URL through; a WebSocket URL that cannot be read is a SyntaxError (WHATWG WebSockets §3.1).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function parseUrl(url: string): solution.Target {
  return solution.parseUrl(new URL(url).href);
}
