// Your tokens expire by Date.now and not by the clock they are given: pass currentDate to jwtVerify.
import { type AuthorityOptions, Authority as Right } from '../../../solutions/15-auth.ts';
import { systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/15-auth.ts';

export class Authority extends Right {
  constructor(options: AuthorityOptions) {
    super({ ...options, clock: systemClock });
  }
}
