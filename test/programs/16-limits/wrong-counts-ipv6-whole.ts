// You count each IPv6 address on its own: every home has 18 billion billion of them.
export * from '../../../solutions/16-limits.ts';

import { addressKey as rightKey } from '../../../solutions/16-limits.ts';

export function addressKey(address: string): string {
  const key = rightKey(address);
  return key.includes('/') ? address.toLowerCase() : key;
}
