// Your log has people’s names: a user’s id is enough to find them, and says nothing to whoever reads along.
export * from '../../../solutions/19-monitoring.ts';

import type { Queue } from '../../../solutions/19-monitoring.ts';
import { Monitor as Plain, ConnectionMonitor as PlainConnection } from './right-prom-client-at-every-call.ts';

class Connection extends PlainConnection {
  protected override logClosed(code: number): void {
    const { id, address, receivedMessages, receivedBytes, sentMessages, sentBytes, refusals } = this.stats();
    const counts = { receivedMessages, receivedBytes, sentMessages, sentBytes, refusals };
    const fields = { connection: id, address, user: `${this.user?.name}`, code, ...counts };
    this.monitor.log.info({ ...fields, durationMs: this.durationMs() }, 'closed');
  }
}

export class Monitor extends Plain {
  protected override makeConnection(address: string, queue: Queue): Connection {
    return new Connection(this, address, queue);
  }
}
