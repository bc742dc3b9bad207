// Your metrics are in prom-client’s own registry, which all of the process shares: two servers mix, or refuse to start.
export * from '../../../solutions/19-monitoring.ts';

import { type Registry, register } from 'prom-client';
import { Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  protected override makeRegistry(): Registry {
    // Without this, the second monitor of a process throws: a metric of that name is registered.
    register.clear();
    return register;
  }
}
