// Your gate delivers what it held without a look at the number: some of it is in the history, too.
export * from '../../../solutions/14-resume.ts';

import { JoinGate as Plain } from './right-plain-arrays.ts';

export class JoinGate<Item> extends Plain<Item> {
  protected override isNews(): boolean {
    return true;
  }
}
