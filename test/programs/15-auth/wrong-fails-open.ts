// When the store is away your server takes every ticket as unused and every session as signed in.
import { type AuthorityOptions, Authority as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  constructor(options: AuthorityOptions) {
    const { claims } = options;
    super({
      ...options,
      claims: {
        claim: (key, lifetimeMs) => claims.claim(key, lifetimeMs).catch(() => true),
        isClaimed: (key) => claims.isClaimed(key).catch(() => false),
      },
    });
  }
}
