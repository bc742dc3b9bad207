// Your gauge never falls: a connection that is closed stays among the open ones.
export * from '../../../solutions/19-monitoring.ts';

import type { Queue } from '../../../solutions/19-monitoring.ts';
import { Monitor as Plain, ConnectionMonitor as PlainConnection } from './right-prom-client-at-every-call.ts';

class Connection extends PlainConnection {
  #isClosed = false;

  override closed(code: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.monitor.closes.inc({ code: this.monitor.closeLabel(code) });
    this.logClosed(code);
  }
}

export class Monitor extends Plain {
  protected override makeConnection(address: string, queue: Queue): Connection {
    return new Connection(this, address, queue);
  }
}
