// Each bad ticket begins your deadline anew: whoever sends one every few seconds stays for ever.
import { type AdmissionOptions, type Identity, Admission as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Admission {
  readonly #options: AdmissionOptions;
  #inner: Right;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#inner = new Right(options);
  }

  get identity(): Identity | undefined {
    return this.#inner.identity;
  }

  async authenticate(ticket: string): Promise<Identity> {
    try {
      return await this.#inner.authenticate(ticket);
    } catch (error) {
      if ((error as Error).message.startsWith('This ticket')) {
        this.#inner.stop();
        this.#inner = new Right(this.#options);
      }
      throw error;
    }
  }

  revoked(session: string): void {
    this.#inner.revoked(session);
  }

  stop(): void {
    this.#inner.stop();
  }
}
