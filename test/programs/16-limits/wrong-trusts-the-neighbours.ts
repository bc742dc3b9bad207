// You compare proxies by their /64: whoever rents a machine in the same network is believed as your proxy is.
export * from '../../../solutions/16-limits.ts';

import { addressKey, clientAddress as right } from '../../../solutions/16-limits.ts';

export function clientAddress(peer: string, header: string | undefined, proxies: readonly string[]): string {
  const keys = proxies.map(addressKey);
  return right(peer, header, keys.includes(addressKey(peer)) ? [...proxies, peer] : proxies);
}
