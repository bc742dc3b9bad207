// After 1012 and 1013 you come back as after any loss: the server has asked for a pause.
import { type ReconnectorOptions, Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  constructor(options: ReconnectorOptions) {
    super({ ...options, policy: { ...options.policy, pauseMs: 0 } });
  }
}
