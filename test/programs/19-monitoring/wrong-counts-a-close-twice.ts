// You count a close each time you are told: an error and a close event are one end.
export * from '../../../solutions/19-monitoring.ts';

import { type ConnectionMonitor, Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  override forget(connection: ConnectionMonitor): boolean {
    super.forget(connection);
    return true;
  }
}
