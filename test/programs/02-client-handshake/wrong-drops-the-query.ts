// Your resource is the path alone; the query is part of it (RFC 6455 §3).
import * as solution from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

export function parseUrl(url: string): solution.Target {
  return { ...solution.parseUrl(url), resource: new URL(url).pathname };
}
