// You take what an old connection says for the new one: its late close event ends the attempt that runs.
import {
  type Attempt,
  type ReconnectorOptions,
  Reconnector as Right,
} from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  constructor(options: ReconnectorOptions) {
    let latest: Attempt;
    super({
      ...options,
      connect: (attempt) => {
        latest = attempt;
        return options.connect({
          opened: () => latest.opened(),
          closed: (code, reason) => latest.closed(code, reason),
        });
      },
    });
  }
}
