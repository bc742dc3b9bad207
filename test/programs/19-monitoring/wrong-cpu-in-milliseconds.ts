// Your CPU time is in milliseconds under a name that ends in seconds: process.cpuUsage() counts microseconds.
export * from '../../../solutions/19-monitoring.ts';

import { Monitor as Plain } from './right-prom-client-at-every-call.ts';

export class Monitor extends Plain {
  protected override cpuSeconds(): number {
    return super.cpuSeconds() * 1_000;
  }
}
