// Your sign-out does not know a session that has ended: if the other nodes could not be told, nobody can try again.
import { type Identity, Authority as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  override async revoke(session: string): Promise<Identity | undefined> {
    return (await this.readSession(session)) && (await super.revoke(session));
  }
}
