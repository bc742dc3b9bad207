// Your ids count from 1 in each process: in the logs of three nodes there are three connections 1.
export * from '../../../solutions/19-monitoring.ts';

import type { Queue } from '../../../solutions/19-monitoring.ts';
import { Monitor as Plain, ConnectionMonitor as PlainConnection } from './right-prom-client-at-every-call.ts';

class Connection extends PlainConnection {
  override readonly id = String(this.monitor.open.size + 1);
}

export class Monitor extends Plain {
  protected override makeConnection(address: string, queue: Queue): Connection {
    return new Connection(this, address, queue);
  }
}
