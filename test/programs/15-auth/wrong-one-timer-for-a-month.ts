// Your timer is set for the whole session: over 2^31 − 1 ms it fires at once, and month-long sessions end in the door.
import { type AdmissionOptions, type Identity, Admission as Right } from '../../../solutions/15-auth.ts';
import { systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/15-auth.ts';

export class Admission extends Right {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    super(options);
    this.#options = options;
  }

  override async authenticate(ticket: string): Promise<Identity> {
    const identity = await super.authenticate(ticket);
    const { clock = systemClock, close } = this.#options;
    const wait = identity.expiresAt - clock.now();
    if (wait <= 2 ** 31 - 1) return identity;
    clock.setTimeout(() => {
      if (!this.identity) return;
      this.stop();
      close(1008, 'The session has ended.');
    }, wait);
    return identity;
  }
}
