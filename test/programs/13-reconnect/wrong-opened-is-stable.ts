// You forget the failures as soon as a connection opens: a server that accepts and dies is asked without end.
import { type ReconnectorOptions, Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  constructor(options: ReconnectorOptions) {
    super({ ...options, policy: { ...options.policy, stableMs: 1 } });
  }
}
