// You write a line for each refusal at level info: a client that sends nonsense fills your disk.
export * from '../../../solutions/19-monitoring.ts';

import type { ErrorCode } from '#labs/10-protocol';
import type { Queue } from '../../../solutions/19-monitoring.ts';
import { Monitor as Plain, ConnectionMonitor as PlainConnection } from './right-prom-client-at-every-call.ts';

class Connection extends PlainConnection {
  override refused(code: ErrorCode): void {
    super.refused(code);
    this.monitor.log.info({ connection: this.id, code }, 'refused');
  }
}

export class Monitor extends Plain {
  protected override makeConnection(address: string, queue: Queue): Connection {
    return new Connection(this, address, queue);
  }
}
