// You look at the session's end when a connection comes in, and never again: it outlives its session by days.
import { Refusal } from '#labs/10-protocol';
import { type AdmissionOptions, type Identity, Admission as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Admission extends Right {
  readonly #close: AdmissionOptions['close'];
  #identity: Identity | undefined;

  constructor(options: AdmissionOptions) {
    super(options);
    this.#close = options.close;
  }

  override get identity(): Identity | undefined {
    return this.#identity;
  }

  override async authenticate(ticket: string): Promise<Identity> {
    if (this.#identity) throw new Refusal('bad_message', 'Only one auth.');
    const identity = await super.authenticate(ticket);
    super.stop();
    this.#identity = identity;
    return identity;
  }

  override revoked(session: string): void {
    super.revoked(session);
    if (this.#identity?.session !== session) return;
    this.#identity = undefined;
    this.#close(1008, 'signed out');
  }

  override stop(): void {
    this.#identity = undefined;
    super.stop();
  }
}
