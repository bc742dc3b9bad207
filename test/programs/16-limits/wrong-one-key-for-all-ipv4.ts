// You take the /64 of a mapped address as well: all of IPv4 is one address then, and one client shuts out the rest.
export * from '../../../solutions/16-limits.ts';

import { ConnectionCaps as Caps, addressKey as rightKey } from '../../../solutions/16-limits.ts';

export function addressKey(address: string): string {
  return /^(::|0:0:0:0:0:)ffff:/i.test(address) ? '0:0:0:0::/64' : rightKey(address);
}

export class ConnectionCaps extends Caps {
  override admit(address: string): (() => void) | undefined {
    return super.admit(addressKey(address).replace('/64', ''));
  }
}
