// A token without exp is good for ever on your server: what is missing is not checked unless you require it (RFC 7519 §4.1.4).
import { jwtVerify, SignJWT } from 'jose';
import { type AuthorityOptions, type Identity, Authority as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  readonly #secret: Uint8Array;

  constructor(options: AuthorityOptions) {
    super(options);
    this.#secret = options.secret;
  }

  override async readSession(session: string): Promise<Identity | undefined> {
    const verified = await jwtVerify(session, this.#secret, { algorithms: ['HS256'] }).catch(() => undefined);
    if (!verified || verified.payload.exp !== undefined) return await super.readSession(session);
    const endless = new SignJWT({ ...verified.payload, exp: 2 ** 33 });
    return await super.readSession(
      await endless.setProtectedHeader({ ...verified.protectedHeader, alg: 'HS256' }).sign(this.#secret),
    );
  }
}
