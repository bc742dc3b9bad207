// A sign-out that is told while its ticket is being checked is lost: the connection comes in, and stays.
import { Admission as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Admission extends Right {
  override revoked(session: string): void {
    if (this.identity) super.revoked(session);
  }
}
