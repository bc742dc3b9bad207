// You believe X-Forwarded-For whoever sends it: look at it only if the peer is a proxy of yours.
export * from '../../../solutions/16-limits.ts';

import { clientAddress as right } from '../../../solutions/16-limits.ts';

export function clientAddress(peer: string, header: string | undefined, proxies: readonly string[]): string {
  return right(peer, header, [...proxies, peer]);
}
