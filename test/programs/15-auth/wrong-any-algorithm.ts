// Your server takes whichever algorithm the token names: say in jwtVerify which one is yours (RFC 8725 §3.1).
import { jwtVerify, SignJWT } from 'jose';
import { type AuthorityOptions, type Identity, Authority as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  readonly #options: AuthorityOptions;

  constructor(options: AuthorityOptions) {
    super(options);
    this.#options = options;
  }

  override async readSession(session: string): Promise<Identity | undefined> {
    const { secret, clock } = this.#options;
    const currentDate = new Date(clock?.now() ?? Date.now());
    const verified = await jwtVerify(session, secret, { currentDate }).catch(() => undefined);
    if (!verified) return undefined;
    const header = { ...verified.protectedHeader, alg: 'HS256' };
    return await super.readSession(
      await new SignJWT(verified.payload).setProtectedHeader(header).sign(secret),
    );
  }
}
