// You never give up: a tab that nobody looks at knocks for months.
import { type ReconnectorOptions, Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  constructor(options: ReconnectorOptions) {
    super({ ...options, policy: { ...options.policy, maxRetries: 10 ** 9 } });
  }
}
