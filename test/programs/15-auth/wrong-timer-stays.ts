// Your stop leaves the timer running: it closes a connection that is long gone, and keeps it in memory till then.
import { type AdmissionOptions, Admission as Right } from '../../../solutions/15-auth.ts';

export * from '../../../solutions/15-auth.ts';

export class Admission extends Right {
  constructor(options: AdmissionOptions) {
    super(options);
    options.clock?.setTimeout(() => {}, options.deadlineMs);
  }
}
