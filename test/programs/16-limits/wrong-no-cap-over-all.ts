// You cap the connections of one address only: ten thousand addresses have one each.
export * from '../../../solutions/16-limits.ts';

import { ConnectionCaps as Caps } from '../../../solutions/16-limits.ts';

export class ConnectionCaps extends Caps {
  constructor({ perAddress }: { total: number; perAddress: number }) {
    super({ total: Number.POSITIVE_INFINITY, perAddress });
  }
}
