// Your bucket has no rim: after a quiet night it lets through a night's messages at once.
export * from '../../../solutions/16-limits.ts';

import { TokenBucket as Plain } from './wrong-rounds-tokens-down.ts';

export class TokenBucket extends Plain {
  override get isFull(): boolean {
    this.fill();
    return this.tokens >= this.rate.burst;
  }

  protected override fill(): void {
    const now = this.clock.now();
    this.tokens += (Math.max(0, now - this.filledAt) / 1000) * this.rate.perSecond;
    this.filledAt = now;
  }
}
