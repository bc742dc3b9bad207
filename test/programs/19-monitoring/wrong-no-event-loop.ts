// Nobody measures your event loop: a handler that blocks everybody for a second leaves no trace.
export * from '../../../solutions/19-monitoring.ts';

import { Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  protected override startTicks(): void {}
}
