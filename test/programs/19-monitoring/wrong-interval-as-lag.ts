// Your lag is the time from tick to tick: at rest it says 20 ms. Late is what comes on top.
export * from '../../../solutions/19-monitoring.ts';

import { Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  protected override observeTick(sinceLastMs: number): void {
    this.loopLag.observe(sinceLastMs / 1_000);
  }
}
