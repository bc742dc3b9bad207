// You take any number from the network for a wait: past 2,147,483,647 ms a timer fires at once.
import { type ReconnectorOptions, Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  constructor(options: ReconnectorOptions) {
    super({ ...options, policy: { ...options.policy, maxAdviceMs: 10 ** 9 } });
  }
}
