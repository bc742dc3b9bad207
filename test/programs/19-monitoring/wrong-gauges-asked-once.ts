// You ask for rooms and backplane when you start, and tell the same for ever.
export * from '../../../solutions/19-monitoring.ts';

import type { MonitorOptions } from '../../../solutions/19-monitoring.ts';
import { Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  constructor(options: MonitorOptions = {}) {
    const { gauges } = options;
    if (!gauges) super(options);
    else {
      const [rooms, isUp] = [gauges.rooms(), gauges.isUp()];
      super({ ...options, gauges: { rooms: () => rooms, isUp: () => isUp } });
    }
  }
}
