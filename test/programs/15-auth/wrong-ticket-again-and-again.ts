// Your tickets are good as often as one likes until they expire: claim each one's id.
import { type AuthorityOptions, Authority as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  constructor(options: AuthorityOptions) {
    const { claims } = options;
    super({
      ...options,
      claims: {
        claim: async (key, lifetimeMs) => (await claims.claim(key, lifetimeMs)) || key.startsWith('ticket:'),
        isClaimed: (key) => claims.isClaimed(key),
      },
    });
  }
}
