// Your release counts down each time it is called: error and close both call it, and the cap is gone.
export * from '../../../solutions/16-limits.ts';

import { addressKey } from '../../../solutions/16-limits.ts';

export class ConnectionCaps {
  protected readonly counts = new Map<string, number>();
  protected readonly caps: { total: number; perAddress: number };

  constructor(caps: { total: number; perAddress: number }) {
    this.caps = caps;
  }

  get size(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  admit(address: string): (() => void) | undefined {
    const key = addressKey(address);
    const count = this.counts.get(key) ?? 0;
    if (this.size >= this.caps.total || count >= this.caps.perAddress) return undefined;
    this.counts.set(key, count + 1);
    return () => this.counts.set(key, (this.counts.get(key) ?? 0) - 1);
  }
}
