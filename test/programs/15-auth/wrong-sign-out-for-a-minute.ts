// Your server forgets a sign-out long before the session's own end, and the session is good again.
import { type AuthorityOptions, Authority as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  constructor(options: AuthorityOptions) {
    const { claims } = options;
    super({
      ...options,
      claims: {
        claim: (key, lifetimeMs) => claims.claim(key, Math.min(lifetimeMs, 60_000)),
        isClaimed: (key) => claims.isClaimed(key),
      },
    });
  }
}
