// You keep the server's advice for all later waits: it is good for one.
import {
  type Attempt,
  type ReconnectorOptions,
  Reconnector as Right,
} from '../../../solutions/13-reconnect.ts';

export * from '../../../solutions/13-reconnect.ts';

export class Reconnector extends Right {
  #advice: number | undefined;

  constructor(options: ReconnectorOptions) {
    const connect = (attempt: Attempt) => {
      if (this.#advice !== undefined) super.advise(this.#advice);
      return options.connect(attempt);
    };
    super({ ...options, connect });
  }

  override advise(ms: number): void {
    this.#advice = ms;
    super.advise(ms);
  }
}
