// You do not call what connect returned: after a timeout or stop the old socket lives on beside the new one.
import { type ReconnectorOptions, Reconnector as Right } from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  constructor(options: ReconnectorOptions) {
    super({
      ...options,
      connect: (attempt) => {
        options.connect(attempt);
        return () => {};
      },
    });
  }
}
