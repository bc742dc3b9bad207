// Your tickets live for their whole minute, although their session ends before.
import { type AuthorityOptions, type Identity, Authority as Right } from '../../../solutions/15-auth.ts';
import { systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  readonly #options: AuthorityOptions;

  constructor(options: AuthorityOptions) {
    super(options);
    this.#options = options;
  }

  override async issueTicket(identity: Identity): Promise<{ ticket: string; expiresInMs: number }> {
    const { ticketMs = 60_000, clock = systemClock } = this.#options;
    const expiresAt = Math.max(identity.expiresAt, clock.now() + ticketMs);
    return await super.issueTicket({ ...identity, expiresAt });
  }
}
