// You leave the port on the address: every connection of one client is another client.
export * from '../../../solutions/16-limits.ts';

import { clientAddress as right } from '../../../solutions/16-limits.ts';

export function clientAddress(peer: string, header: string | undefined, proxies: readonly string[]): string {
  const client = right(peer, header, proxies);
  const last = header?.split(',').at(-1)?.trim() ?? '';
  return last.includes(client) ? last : client;
}
