// When redeem fails, your connection stays in "being checked": take the mark off in finally.
import { Refusal } from '#labs/10-protocol';
import { type AdmissionOptions, type Identity, Admission as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Admission extends Right {
  readonly #state: { isStuck: boolean };

  constructor(options: AdmissionOptions) {
    const state = { isStuck: false };
    super({
      ...options,
      redeem: (ticket) =>
        options.redeem(ticket).catch((error) => {
          state.isStuck = true;
          throw error;
        }),
    });
    this.#state = state;
  }

  override async authenticate(ticket: string): Promise<Identity> {
    if (this.#state.isStuck) throw new Refusal('bad_message', 'A ticket is being checked.');
    return await super.authenticate(ticket);
  }
}
