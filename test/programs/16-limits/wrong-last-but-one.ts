// You take the last address, always: behind two proxies that is a proxy, and all clients are one.
export * from '../../../solutions/16-limits.ts';

import { clientAddress as right } from '../../../solutions/16-limits.ts';

export function clientAddress(peer: string, header: string | undefined, proxies: readonly string[]): string {
  return right(peer, header?.split(',').at(-1), proxies);
}
