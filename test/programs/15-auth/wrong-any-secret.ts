// Your authority takes a secret of any length: one of a few bytes is found by trying (RFC 7518 §3.2).
import { type AuthorityOptions, Authority as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  constructor(options: AuthorityOptions) {
    const secret = new Uint8Array(Math.max(32, options.secret.length));
    secret.set(options.secret);
    super({ ...options, secret });
  }
}
