// You write no line when a connection ends: of somebody who was thrown out, nothing can be found.
export * from '../../../solutions/19-monitoring.ts';

import type { Queue } from '../../../solutions/19-monitoring.ts';
import { Monitor as Plain, ConnectionMonitor as PlainConnection } from './right-prom-client-at-every-call.ts';

class Connection extends PlainConnection {
  protected override logClosed(): void {}
}

export class Monitor extends Plain {
  protected override makeConnection(address: string, queue: Queue): Connection {
    return new Connection(this, address, queue);
  }
}
