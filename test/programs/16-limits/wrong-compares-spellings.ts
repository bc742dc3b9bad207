// You compare a proxy's address as text: Node writes 127.0.0.1 as ::ffff:127.0.0.1 when it listens on IPv6 too.
export * from '../../../solutions/16-limits.ts';

import { clientAddress as right } from '../../../solutions/16-limits.ts';

export function clientAddress(peer: string, header: string | undefined, proxies: readonly string[]): string {
  return proxies.includes(peer) ? right(peer, header, proxies) : peer;
}
