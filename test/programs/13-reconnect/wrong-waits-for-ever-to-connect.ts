// An attempt of yours may take for ever: into a dead network a SYN is not answered, and no event comes.
import { type ReconnectorOptions, Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  constructor(options: ReconnectorOptions) {
    super({ ...options, policy: { ...options.policy, connectTimeoutMs: 10 ** 9 } });
  }
}
