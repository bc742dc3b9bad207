// Your waits are not random: all clients of a server that fails come back in the same moment, each time.
import {
  defaultPolicy,
  type ReconnectorOptions,
  type RetryPolicy,
  Reconnector as Right,
} from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export function retryDelay(
  failures: number,
  { firstMs, capMs }: Pick<RetryPolicy, 'firstMs' | 'capMs'> = defaultPolicy,
): number {
  return Math.min(capMs, firstMs * 2 ** failures);
}

export class Reconnector extends Right {
  constructor(options: ReconnectorOptions) {
    super({ ...options, random: () => 1 });
  }
}
