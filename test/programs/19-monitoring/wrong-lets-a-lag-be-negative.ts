// You observe a lag below zero as it is: the sum of a histogram falls, and a counter may not.
export * from '../../../solutions/19-monitoring.ts';

import { Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  override delivered(lagMs: number): void {
    this.deliveryLag.observe(lagMs / 1000);
  }
}
