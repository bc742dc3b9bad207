// You ask for a queue’s bytes once, when the connection opens: what waits now is known only now.
export * from '../../../solutions/19-monitoring.ts';

import type { Queue } from '../../../solutions/19-monitoring.ts';
import { type ConnectionMonitor, Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  override opened(address: string, queue: Queue): ConnectionMonitor {
    return super.opened(address, { bufferedAmount: queue.bufferedAmount });
  }
}
