// You retry after every close code: to be told no a thousand times a day does not change the answer.
import { type ReconnectorOptions, Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export function isRetryable(): boolean {
  return true;
}

export class Reconnector extends Right {
  constructor(options: ReconnectorOptions) {
    super({ isRetryable, ...options });
  }
}
