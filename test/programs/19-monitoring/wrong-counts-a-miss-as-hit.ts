// You count every resume as a hit: the one figure that tells of lost messages says that there are none.
export * from '../../../solutions/19-monitoring.ts';

import { Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  override resumed(): void {
    super.resumed(true);
  }
}
