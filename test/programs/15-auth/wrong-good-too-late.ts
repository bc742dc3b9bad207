// After your await you do not look whether the connection is still there: a slow answer admits somebody who is gone.
import { type AdmissionOptions, type Identity, Admission as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Admission extends Right {
  readonly #found: { late?: Identity };

  constructor(options: AdmissionOptions) {
    const found: { late?: Identity } = {};
    const redeem = async (ticket: string) => {
      const identity = await options.redeem(ticket);
      if (identity) found.late = identity;
      return identity;
    };
    super({ ...options, redeem });
    this.#found = found;
  }

  override get identity(): Identity | undefined {
    return super.identity ?? this.#found.late;
  }

  override async authenticate(ticket: string): Promise<Identity> {
    try {
      return await super.authenticate(ticket);
    } catch (error) {
      if (this.#found.late) return this.#found.late;
      throw error;
    }
  }
}
