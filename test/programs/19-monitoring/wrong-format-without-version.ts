// Your Content-Type does not say which format this is: newer versions of Prometheus refuse to guess.
export * from '../../../solutions/19-monitoring.ts';

import { Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  override get contentType(): string {
    return 'text/plain';
  }
}
