// Your readSession and redeemTicket throw jose's errors; a forged token is undefined, not a fault of yours.
import { jwtVerify } from 'jose';
import { type AuthorityOptions, type Identity, Authority as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  readonly #options: AuthorityOptions;

  constructor(options: AuthorityOptions) {
    super(options);
    this.#options = options;
  }

  override async readSession(session: string): Promise<Identity | undefined> {
    await this.#verify(session);
    return await super.readSession(session);
  }

  override async redeemTicket(ticket: string): Promise<Identity | undefined> {
    await this.#verify(ticket);
    return await super.redeemTicket(ticket);
  }

  async #verify(token: string): Promise<void> {
    const { secret, clock } = this.#options;
    await jwtVerify(token, secret, { currentDate: new Date(clock?.now() ?? Date.now()) });
  }
}
