// You take the first address of X-Forwarded-For: that one was written by the client.
export * from '../../../solutions/16-limits.ts';

import { clientAddress as right } from '../../../solutions/16-limits.ts';

export function clientAddress(peer: string, header: string | undefined, proxies: readonly string[]): string {
  const [first] = (header ?? '').split(',').filter((hop) => hop.trim() !== '');
  return right(peer, first, proxies);
}
