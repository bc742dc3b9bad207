// Your counters add up the connections that are open, so they fall when one closes: Prometheus takes that for a restart.
export * from '../../../solutions/19-monitoring.ts';

import { type ConnectionMonitor, Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  override forget(connection: ConnectionMonitor): boolean {
    if (!super.forget(connection)) return false;
    for (const counter of [this.received, this.receivedBytes, this.sent, this.sentBytes, this.errors]) {
      counter.reset();
    }
    return true;
  }
}
