// Your durations are differences of the time of day: when the clock is set, they are wrong, or below zero.
export * from '../../../solutions/19-monitoring.ts';

import type { Queue } from '../../../solutions/19-monitoring.ts';
import { Monitor as Plain, ConnectionMonitor as PlainConnection } from './right-prom-client-at-every-call.ts';

class Connection extends PlainConnection {
  protected override durationMs(): number {
    return this.monitor.clock.now() - this.openedAt;
  }
}

export class Monitor extends Plain {
  protected override makeConnection(address: string, queue: Queue): Connection {
    return new Connection(this, address, queue);
  }
}
